import StrataTelemetry
import StrataTensor

/// Some samples of a run with all that was recorded of them.
struct RecordedBlock: Sendable {
  let signals: SignalBlock
  let readings: SensorArray.Readings
  /// What the trainers logged and is certain to have happened, per training job.
  let lines: [[TrainingEvent]]
  /// Faults that have been repaired, and when.
  let repaired: [Int: Double]
}

/// The records of a run but its store. Those that are not wanted are nil; not copyable, because files are not.
struct RunRecorder: ~Copyable {
  private var metrics: OpenMetricsExport?
  private var kernelLog: KernelLogExport?
  private var recorders: FlightRecorderExport?
  private let logs: [TrainingLogExport]
  private var certain: [TrainingEventFilter]
  private let end: Double

  /// Whether sensors have to keep their totals.
  let keepsRaw: Bool

  /// - Throws: `FileError` when a file cannot be created.
  init(_ outputs: SimulationOutputs, _ world: World, _ sensors: SensorArray, acting: [Int], seed: UInt64)
    throws(FileError)
  {
    keepsRaw = outputs.openMetrics != nil
    end = Double(world.scenario.sampleCount) * world.scenario.interval
    certain = world.training.map { _ in TrainingEventFilter() }
    let clocks = sensors.clockOffsets
    metrics = nil
    kernelLog = nil
    recorders = nil
    if let path = outputs.openMetrics {
      metrics = try OpenMetricsExport(path: path, world, sensors.layout, clocks: clocks)
    }
    if let path = outputs.kernelLog { kernelLog = try KernelLogExport(path: path, world, clocks: clocks) }
    if let path = outputs.flightRecorder {
      recorders = try FlightRecorderExport(
        folder: path, world, acting: acting, clocks: clocks, capacity: outputs.flightRecorderCapacity,
        replaces: outputs.replaces)
    }
    var logs: [TrainingLogExport] = []
    for (path, job) in zip(outputs.megatronLogs(of: world.scenario), world.training) {
      logs.append(try TrainingLogExport(path: path, job, world, seed: seed))
    }
    self.logs = logs
  }

  /// Takes what came after the last block.
  mutating func record(_ block: Course.Block, _ readings: SensorArray.Readings) throws(FileError) {
    var events: [[TrainingEvent]] = []
    for job in certain.indices { events.append(certain[job].take(block.lines[job])) }
    try record(
      RecordedBlock(signals: block.signals, readings: readings, lines: events, repaired: block.repaired))
  }

  private mutating func record(_ block: RecordedBlock) throws(FileError) {
    try metrics?.append(block)
    try kernelLog?.append(block)
    try recorders?.append(block)
    for (log, events) in zip(logs, block.lines) { try log.append(events) }
  }

  /// Completes all files.
  consuming func complete() throws(FileError) {
    // What a job was about to log when the run ended counts if it had happened.
    for (log, certain) in zip(logs, certain) { try log.append(certain.rest(before: end)) }
    if let metrics = metrics.take() { try metrics.complete() }
    if let kernelLog = kernelLog.take() { try kernelLog.complete() }
    if let recorders = recorders.take() { try recorders.complete() }
    for log in logs { try log.complete() }
  }
}
