import StrataTensor

/// Writes what a training job prints to its log.
///
/// A class, because the logs of several jobs stand in an array, and arrays hold nothing that cannot be copied.
final class TrainingLogExport {
  private var writer: MegatronLogWriter?
  private let job: TrainingJob
  private let start: Double
  private let seed: UInt64
  private let teraflopsPerStep: Double
  /// The pause that is under way, and since when.
  private var pause = Lifecycle.running
  private var since = 0.0
  /// The loss of the evaluation that has just ended.
  private var validation: Double?
  private var restarts: UInt64 = 0

  private static let folder = "checkpoints"
  /// The iterations of the whole training.
  private static let leastIterations = 500_000

  init(path: String, _ job: TrainingJob, _ world: World, seed: UInt64) throws(FileError) {
    writer = try MegatronLogWriter(path: path)
    (self.job, self.seed, start) = (job, seed, world.scenario.start)
    let workload = job.workload
    teraflopsPerStep =
      (workload.denseSeconds + workload.expertSeconds) / Double(job.map.pipeline)
      * Self.sustainedTeraflops[world.cluster.shape.hardware, default: 0]
  }

  /// What matrix products reach on one device, in 10¹² operations per second: 0.6 of the dense BF16 peak.
  private static let sustainedTeraflops: [Hardware: Double] = [
    .h100: 0.6 * 989, .h800: 0.6 * 989, .a100: 0.6 * 312, .b200: 0.6 * 2250, .ascend: 0.6 * 354,
  ]

  func append(_ events: [TrainingEvent]) throws(FileError) {
    for event in events {
      switch event {
      case .iteration(let iteration): try write(iteration)
      case .validated(let loss, _, _): validation = loss
      case .entered(let lifecycle, let time, let iteration, _):
        try leave(at: time, iteration)
        (pause, since) = (lifecycle, time)
        if lifecycle == .checkpoint {
          try writer?.writeCheckpointStart(iteration: iteration, folder: Self.folder)
        }
      }
    }
  }

  /// Completes the file.
  func complete() throws(FileError) {
    if let writer = writer.take() { try writer.complete() }
  }

  /// Writes what ends the pause that was under way.
  private func leave(at time: Double, _ iteration: Int) throws(FileError) {
    let seconds = max(0, time - since)
    switch pause {
    case .running: break
    case .checkpoint:
      try writer?.writeCheckpointEnd(
        iteration: iteration, folder: Self.folder, seconds: 0.97 * seconds...seconds, parallelism)
    case .evaluation:
      try writer?.writeTimeRanges([("evaluate", 0.999 * seconds...seconds)])
      if let validation { try writer?.writeValidation(iteration: iteration, loss: validation) }
      validation = nil
    case .hung:
      // The watchdog has ended the job; a link that came back leaves no trace.
      guard seconds >= 0.99 * job.workload.watchdog else { break }
      try writer?.write(
        lines: "[rank0]:[E ProcessGroupNCCL.cpp:632] [Rank 0] Watchdog caught collective operation timeout: "
          + "ran for \(Int(seconds * 1000)) milliseconds before timing out.")
    case .down:
      restarts += 1
      try writer?.writeStart(
        parallelism, randomSeed: Int((seed &+ restarts) % 100_000), ready: start + time, begin: start + time,
        checkpoint: (Self.folder, iteration))
    }
  }

  private var parallelism: MegatronLogWriter.Parallelism {
    MegatronLogWriter.Parallelism(
      worldSize: job.map.count, data: job.map.data, context: job.map.context, tensor: job.map.tensor,
      pipeline: job.map.pipeline)
  }

  private func write(_ iteration: TrainingIteration) throws(FileError) {
    let (signals, workload) = (iteration.signals, job.workload)
    func known(_ signal: JobSignal) -> Double? { signals[signal].isFinite ? signals[signal] : nil }
    let batch = max(
      1, Int((Double(workload.tokensPerDevice * job.map.positions) / workload.sequenceLength).rounded()))
    let seconds = signals[.iterationTime]
    let record = IterationRecord(
      time: start + iteration.time, iteration: iteration.iteration,
      iterationCount: max(Self.leastIterations, 2 * workload.firstIteration),
      consumedSamples: iteration.iteration * batch, secondsPerIteration: seconds,
      teraflopsPerGPU: teraflopsPerStep > 0 ? teraflopsPerStep / max(seconds, 1e-9) : nil,
      learningRate: signals[.learningRate], globalBatchSize: batch, loss: signals[.loss],
      loadBalancingLoss: known(.balancingLoss), zLoss: known(.zLoss), gradientNorm: known(.gradientNorm),
      skippedIterations: Int(known(.skipped) ?? 0), nanIterations: Int(known(.notANumber) ?? 0))
    try writer?.write(record)
    try writer?.writeTimeRanges(times(of: iteration.step))
  }

  /// The shortest and the longest time over all ranks of the phases of a step.
  private func times(of step: Step) -> [(name: String, seconds: ClosedRange<Double>)] {
    let map = job.map
    func range(_ name: String, _ seconds: (Int) -> Double) -> (name: String, seconds: ClosedRange<Double>) {
      var (least, most) = (Double.infinity, 0.0)
      for rank in 0..<map.count {
        let value = max(0, seconds(rank))
        (least, most) = (min(least, value), max(most, value))
      }
      return (name, min(least, most)...most)
    }
    func block(_ rank: Int) -> Step.BlockTimes { step.blocks[map.stage(of: rank) * map.blocks + map.block(of: rank)] }
    return [
      range("batch-generator") { step.ranks[$0].loading },
      range("forward-backward") { block($0).last - block($0).first },
      range("forward-compute") { block($0).forward.reduce(0, +) },
      range("backward-compute") { block($0).backward.reduce(0, +) },
      range("all-grads-sync") { step.ranks[$0].gradientWait + step.ranks[$0].gradientTransfer },
      range("optimizer") { step.ranks[$0].optimizerWork },
    ]
  }
}
