import StrataDiagnosis
import StrataTensor

/// Measures what bounds this machine and what Strata does on it, in turns.
public struct MachineBenchmark {
  /// Which model is run.
  public var model: ReferenceModel
  /// How many threads share what is measured on more than one.
  public var threads: Int
  /// Decides weights and samples.
  public var seed: UInt64
  /// How long to measure, about; there are three rounds at least.
  public var duration: Duration

  /// A benchmark of these settings.
  ///
  /// - Parameters:
  ///   - model: Which model is run.
  ///   - threads: How many threads share what is measured on more than one.
  ///   - seed: Decides weights and samples.
  ///   - duration: How long to measure, about.
  public init(_ model: ReferenceModel, threads: Int, seed: UInt64 = 1, duration: Duration = .seconds(15)) {
    (self.model, self.threads, self.seed, self.duration) = (model, threads, seed, duration)
  }

  /// Measures everything.
  ///
  /// - Parameter check: Called between two works; what it throws ends the measurement.
  /// - Throws: What `check` throws.
  public func run(check: () throws -> Void = {}) throws -> MachineReport {
    try check()
    let works = try ReferenceWorks(model, threads: threads, seed: seed).all()
    try check()
    let before = MachineState.Reading()
    let timings = try TimedWork.measure(
      ProcessorLimits.works(threads: threads) + works.map(\.work), for: duration, check: check)
    let limits = ProcessorLimits(timings)
    let entries = zip(works, timings.suffix(works.count)).map { work, timing in
      let rate = work.operations.map { Double($0) / timing.median }
      return MachineReport.Entry(
        timing: timing, operationsPerSecond: rate,
        partOfLimit: rate.flatMap { rate in limits.multiplyAdds(threads: timing.threads).map { rate / $0 } })
    }
    return MachineReport(
      version: Provenance.currentVersion, commit: SourceRevision.current, kernels: KernelVariant.active.name,
      model: model.name, threads: threads, seed: seed, machine: MachineState(since: before), limits: limits,
      works: entries)
  }
}
