package import StrataTelemetry
import StrataTensor

/// Turns exact signals into what the exporters of one device report.
package struct SensorArray: Sendable {
  package let defects: SensorDefects
  /// Seconds between samples.
  package let interval: Double
  package let streams: RandomStreams

  package init(_ defects: SensorDefects, interval: Double, streams: RandomStreams) {
    (self.defects, self.interval, self.streams) = (defects, interval, streams)
  }

  /// Counters are whole numbers below this, so that a `Float` holds them exactly.
  package static let counterModulus = 16_777_216.0

  /// What a device reports in one layer: rows of `[channel]`, NaN where missing.
  ///
  /// Each effect draws from its own sequence and a fixed number of times per sample, so that what is missing, early or
  /// noisy does not depend on what is measured.
  package func readings(of device: Int, layer: TelemetryLayer, from table: SignalTable) -> [Float] {
    let instruments = Instrument.all.filter { $0.layer == layer }
    let scrapes = scrapes(of: device, layer: layer, samples: table.sampleCount)
    var values = [Float](repeating: .nan, count: table.sampleCount * instruments.count)
    for (column, instrument) in instruments.enumerated() {
      let series = table.samples.map { Double(table[$0, device, instrument.signal]) }
      let reported =
        instrument.isCounter
        ? counts(series, instrument, device: device) : levels(series, instrument, device: device, scrapes)
      for (row, value) in reported.enumerated() where !scrapes[row].isMissing {
        values[row * instruments.count + column] = value
      }
    }
    return values
  }

  /// One collection of all of a device's metrics of a layer.
  private struct Scrape {
    var isMissing: Bool
    /// How early it was, as a part of the interval.
    var lead: Double
  }

  private func scrapes(of device: Int, layer: TelemetryLayer, samples: Int) -> [Scrape] {
    var generator = streams.generator(for: .scrape, device, layer.rank)
    let end = 1 / max(1, defects.missingRun)
    let begin = defects.missing * end / (1 - defects.missing)
    var isMissing = generator.uniformDouble() < defects.missing
    return (0..<samples).map { _ in
      let scrape = Scrape(isMissing: isMissing, lead: defects.jitter * generator.uniformDouble())
      let draw = generator.uniformDouble()
      isMissing = isMissing ? draw >= end : draw < begin
      return scrape
    }
  }

  /// Gauges and rates: lag, jitter, noise, ceiling, quantisation.
  private func levels(_ series: [Double], _ instrument: Instrument, device: Int, _ scrapes: [Scrape]) -> [Float] {
    var generator = streams.generator(for: .noise, device, instrument.signal.rawValue)
    let follow = instrument.lag > 0 ? interval / (interval + instrument.lag) : 1
    var (followed, previous) = (series.first ?? 0, series.first ?? 0)
    return series.indices.map { i in
      followed += follow * (series[i] - followed)
      let noise = generator.normalDouble() * defects.noise
      // A trainer logs a step when it ends, so an early look finds the same line.
      let lead = instrument.layer == .application ? 0 : scrapes[i].lead
      var value = followed + (previous - followed) * lead
      previous = followed
      value += noise * (instrument.relativeNoise * value.magnitude + instrument.absoluteNoise)
      // Nothing here can be negative, which noise alone could make it.
      value = min(instrument.ceiling, max(0, value))
      if instrument.quantum > 0 { value = (value / instrument.quantum).rounded() * instrument.quantum }
      return Float(value)
    }
  }

  /// Counters: a running total that starts anywhere, restarts now and then, and wraps.
  private func counts(_ series: [Double], _ instrument: Instrument, device: Int) -> [Float] {
    var generator = streams.generator(for: .counters, device, instrument.signal.rawValue)
    let restart = min(1, defects.counterResetsPerDay * interval / 86_400)
    var total = Double(generator.index(below: 20))
    return series.map { increase in
      if generator.uniformDouble() < restart { total = 0 }
      total = (total + increase.rounded()).truncatingRemainder(dividingBy: Self.counterModulus)
      return Float(total)
    }
  }
}
