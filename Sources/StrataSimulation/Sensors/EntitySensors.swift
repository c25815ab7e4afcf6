import StrataTelemetry
import StrataTensor

/// The sensors of one entity and what they remember.
///
/// Each effect draws from its own sequence and a fixed number of times per sample, so that what is missing, early or
/// noisy does not depend on what is measured.
struct EntitySensors: Sendable {
  private let kind: EntityKind
  private let number: Int
  private let defects: SensorDefects
  private let interval: Double
  private let streams: RandomStreams
  /// How far the clock of the entity's host is ahead, in seconds; zero for jobs, which stamp their own times.
  private let clockOffset: Double
  /// What each signal's sensor remembers, and each exporter.
  private var memories: [Memory]
  private var exporters: [ExporterState]
  private var block = 0

  private struct Memory: Sendable {
    var followed = Double.nan
    var previous = Double.nan
    var total = 0.0
    var reading = Double.nan
  }

  private struct ExporterState: Sendable {
    var isMissing = false
    var phase = 0
    /// The scrapes of the block that is being read.
    var scrapes: [Scrape] = []
  }

  /// One collection of all of an exporter's metrics, whatever their layers.
  private struct Scrape: Sendable {
    var isMissing: Bool
    /// Whether not even messages arrive, which the driver writes to the kernel log of the host.
    var isSilent: Bool
    /// How early it was, as a part of the interval.
    var lead: Double
    var resets: Bool
    var isFrozen: Bool
  }

  init(
    _ kind: EntityKind, number: Int, instruments: [Instrument], _ defects: SensorDefects, clockOffset: Double,
    interval: Double, streams: RandomStreams
  ) {
    (self.kind, self.number, self.defects, self.interval, self.streams) = (kind, number, defects, interval, streams)
    self.clockOffset = clockOffset
    var generator = streams.generator(for: .counters, kind.rawValue, number)
    memories = (0..<kind.signalCount).map { _ in Memory() }
    for instrument in instruments {
      switch instrument.quantity {
      case .count: memories[instrument.signal].total = Double(generator.index(below: 20))
      case .amount: memories[instrument.signal].total = (1e6 * generator.uniformDouble()).rounded()
      case .level, .message: break
      }
    }
    exporters = Instrument.Exporter.allCases.map { _ in
      ExporterState(isMissing: generator.uniformDouble() < defects.missing, phase: generator.index(below: 1 << 20))
    }
  }

  /// Scrapes the exporters of some instruments for a block.
  ///
  /// - Parameter host: The host on which the exporters run; nil for jobs.
  mutating func beginBlock(_ instruments: [Instrument], _ signals: SignalBlock, host: Int?) {
    for exporter in Set(instruments.map(\.exporter)) {
      exporters[exporter.rawValue].scrapes = collect(exporter, signals, host: host)
    }
  }

  mutating func endBlock() {
    block += 1
    for i in exporters.indices { exporters[i].scrapes = [] }
  }

  /// Reads some instruments over the block that has begun.
  mutating func read(_ instruments: [Instrument], _ signals: SignalBlock, into target: ReadingTarget) {
    for (channel, instrument) in instruments.enumerated() {
      let scrapes = exporters[instrument.exporter.rawValue].scrapes
      switch instrument.quantity {
      case .level: readLevel(instrument, signals, scrapes, into: target, channel)
      case .amount: readAmount(instrument, signals, scrapes, into: target, channel)
      case .count: readCount(instrument, signals, scrapes, into: target, channel)
      case .message: readMessage(instrument, signals, scrapes, into: target, channel)
      }
    }
  }

  /// When an exporter was scraped in a block and what went wrong with it.
  private mutating func collect(_ exporter: Instrument.Exporter, _ signals: SignalBlock, host: Int?) -> [Scrape] {
    let key = (kind.rawValue << 4) + exporter.rawValue
    var generator = streams.generator(for: .scrape, (key << 32) + number, block)
    let isLogged = exporter == .job || exporter == .timer
    let end = 1 / max(1, defects.missingRun)
    let begin = defects.missing * end / (1 - defects.missing)
    let restart = min(1, defects.counterResetsPerDay * interval / 86_400)
    let every = max(1, Int((period(of: exporter) / interval).rounded()))
    var state = exporters[exporter.rawValue]
    let scrapes = signals.samples.map { sample in
      let draws = (
        generator.uniformDouble(), generator.uniformDouble(), generator.uniformDouble(), generator.uniformDouble(),
        generator.uniformDouble()
      )
      let (lost, lostByHost, isFrozen, resets) = faults(signals, sample, host: host, isLogged: isLogged)
      let isAbsent = kind != .job && exporter != .job && state.isMissing || (sample + state.phase) % every != 0
      var scrape = Scrape(
        isMissing: isAbsent || draws.2 < lost, isSilent: isAbsent || draws.2 < lostByHost,
        lead: isLogged ? 0 : min(1, defects.jitter * draws.0 + max(0, clockOffset) / interval),
        resets: draws.3 < restart + resets * interval / 3600, isFrozen: isFrozen)
      if kind == .device || kind == .host, let host {
        scrape.isFrozen = scrape.isFrozen || draws.4 < signal(signals, sample, .host, host, HostSignal.duplicateScrapes)
        let ahead = signal(signals, sample, .host, host, HostSignal.clockOffset)
        if ahead > 0 && !isLogged { scrape.lead = min(1, scrape.lead + ahead / interval) }
      }
      state.isMissing = state.isMissing ? draws.1 >= end : draws.1 < begin
      return scrape
    }
    exporters[exporter.rawValue] = state
    return scrapes
  }

  private func period(of exporter: Instrument.Exporter) -> Double {
    switch exporter {
    case .device, .profiling: defects.devicePeriod
    case .host: defects.hostPeriod
    case .port: defects.portPeriod
    case .controller: defects.controllerPeriod
    case .timer, .job: 0
    }
  }

  private func signal<Signal: SignalSet>(
    _ signals: SignalBlock, _ sample: Int, _ kind: EntityKind, _ entity: Int, _ signal: Signal
  ) -> Double {
    Double(signals[sample, kind, entity, signal])
  }

  /// What faults do to a scrape: the part that is lost and that is lost with the whole host, whether readings are frozen,
  /// and counter resets per hour.
  private func faults(
    _ signals: SignalBlock, _ sample: Int, host: Int?, isLogged: Bool
  ) -> (lost: Double, lostByHost: Double, isFrozen: Bool, resets: Double) {
    guard let host else { return (0, 0, false, 0) }
    var lost = signal(signals, sample, .host, host, HostSignal.scrapeLoss)
    let resets = signal(signals, sample, .host, host, HostSignal.counterResets)
    let lostByHost = lost
    guard kind == .device else { return (isLogged ? 0 : lost, lostByHost, false, resets) }
    lost = isLogged && lost < 1 ? 0 : lost
    lost = max(lost, signal(signals, sample, .device, number, DeviceSignal.telemetryLost))
    return (lost, lostByHost, signal(signals, sample, .device, number, DeviceSignal.telemetryFrozen) >= 0.5, resets)
  }

  private func isBlank(_ instrument: Instrument, _ signals: SignalBlock, _ sample: Int) -> Bool {
    instrument.exporter == .profiling && kind == .device
      && signal(signals, sample, .device, number, DeviceSignal.profilingBlank) >= 0.5
  }

  private func isStuck(_ instrument: Instrument, _ signals: SignalBlock, _ sample: Int) -> Bool {
    kind == .device && instrument.channel.meaning == .heat && instrument.quantity == .level
      && signal(signals, sample, .device, number, DeviceSignal.temperatureStuck) >= 0.5
  }

  private func noise(_ instrument: Instrument) -> Generator? {
    guard defects.noise > 0, instrument.relativeNoise > 0 || instrument.absoluteNoise > 0 else { return nil }
    return streams.generator(for: .noise, (number << 10) + (kind.rawValue << 7) + instrument.signal, block)
  }

  private func distorted(_ value: Double, _ instrument: Instrument, _ generator: inout Generator?) -> Double {
    var value = value
    if generator != nil {
      let noise = generator!.normalDouble() * defects.noise
      value += noise * (instrument.relativeNoise * value.magnitude + instrument.absoluteNoise)
      // Nothing that is measured with noise can be negative, which noise alone could make it.
      value = max(0, value)
    }
    if value > instrument.ceiling { value = instrument.ceiling }
    if instrument.quantum > 0 { value = (value / instrument.quantum).rounded() * instrument.quantum }
    return value
  }

  private mutating func readLevel(
    _ instrument: Instrument, _ signals: SignalBlock, _ scrapes: [Scrape], into target: ReadingTarget, _ channel: Int
  ) {
    var memory = memories[instrument.signal]
    var generator = noise(instrument)
    // What moves in steps is read before a step or after it.
    let isSmooth = generator != nil || instrument.quantum == 0
    let follow = instrument.lag > 0 ? interval / (interval + instrument.lag) : 1
    for (row, sample) in signals.samples.enumerated() {
      let exact = Double(signals[sample, kind, number, instrument.signal])
      if follow < 1 && memory.followed.isFinite {
        memory.followed += follow * (exact - memory.followed)
      } else {
        memory.followed = exact
      }
      let before = memory.previous.isFinite ? memory.previous : memory.followed
      let early = isSmooth ? scrapes[row].lead : scrapes[row].lead.rounded()
      var reading = distorted(memory.followed + (before - memory.followed) * early, instrument, &generator)
      memory.previous = memory.followed
      if isBlank(instrument, signals, sample) { reading = 0 }
      if scrapes[row].isFrozen || isStuck(instrument, signals, sample) { reading = memory.reading }
      memory.reading = reading
      if !scrapes[row].isMissing { target.write(reading, raw: reading, row: row, channel: channel) }
    }
    memories[instrument.signal] = memory
  }

  private mutating func readAmount(
    _ instrument: Instrument, _ signals: SignalBlock, _ scrapes: [Scrape], into target: ReadingTarget, _ channel: Int
  ) {
    var memory = memories[instrument.signal]
    var generator = noise(instrument)
    for (row, sample) in signals.samples.enumerated() {
      let exact = Double(signals[sample, kind, number, instrument.signal])
      let before = memory.previous.isFinite ? memory.previous : exact
      var rate = distorted(exact + (before - exact) * scrapes[row].lead, instrument, &generator)
      memory.previous = exact
      if scrapes[row].isFrozen { rate = 0 }
      if scrapes[row].resets { memory.total = 0 }
      memory.total += rate * interval
      if !scrapes[row].isMissing {
        target.write(scrapes[row].resets ? .nan : rate, raw: memory.total, row: row, channel: channel)
      }
    }
    memories[instrument.signal] = memory
  }

  private mutating func readCount(
    _ instrument: Instrument, _ signals: SignalBlock, _ scrapes: [Scrape], into target: ReadingTarget, _ channel: Int
  ) {
    var memory = memories[instrument.signal]
    for (row, sample) in signals.samples.enumerated() {
      let increase = scrapes[row].isFrozen ? 0 : Double(signals[sample, kind, number, instrument.signal])
      if scrapes[row].resets { memory.total = 0 }
      memory.total += increase
      if !scrapes[row].isMissing {
        target.write(scrapes[row].resets ? .nan : increase, raw: memory.total, row: row, channel: channel)
      }
    }
    memories[instrument.signal] = memory
  }

  private mutating func readMessage(
    _ instrument: Instrument, _ signals: SignalBlock, _ scrapes: [Scrape], into target: ReadingTarget, _ channel: Int
  ) {
    var memory = memories[instrument.signal]
    for (row, sample) in signals.samples.enumerated() {
      let message = Double(signals[sample, kind, number, instrument.signal])
      if message != 0 { memory.total = message }
      if !scrapes[row].isSilent { target.write(message, raw: memory.total, row: row, channel: channel) }
    }
    memories[instrument.signal] = memory
  }
}
