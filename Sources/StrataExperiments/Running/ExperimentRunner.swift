import StrataDiagnosis
public import StrataTelemetry
import StrataTensor
import StrataTraining

/// Runs the methods of an experiment on its data sets.
public struct ExperimentRunner: Sendable {
  /// The name under which tables list the joint model.
  public static let methodName = "strata"

  public let specification: ExperimentSpecification
  /// The folder that holds all data sets.
  public let dataRoot: String
  public let threads: Int

  public init(_ specification: ExperimentSpecification, dataRoot: String, threads: Int) {
    (self.specification, self.dataRoot, self.threads) = (specification, dataRoot, threads)
  }

  /// Every row of one data set, for the seeds and methods asked for.
  ///
  /// Methods that no seed changes run once, with the first seed.
  ///
  /// - Parameters:
  ///   - methods: Names of baselines and sums, or ``methodName``; `nil` for all.
  ///   - report: Told what begins.
  ///   - runs: The runs, in order.
  ///   - seeds: The seeds to run.
  ///   - source: The data set.
  public func rows(
    of source: DataSource, runs: [Run], seeds: [UInt64], methods: Set<String>? = nil,
    report: (String) -> Void = { _ in }
  ) throws -> [ResultRow] {
    let prepared = try PreparedTelemetry(runs, configuration: specification.pipeline, threads: threads)
    let plain = try prepared.forBaselines()
    let evaluation = try DataSetEvaluation(
      source, runs: runs, alarms: specification.pipeline.alarms)
    func isWanted(_ name: String) -> Bool { methods?.contains(name) ?? true }
    let wantedSums = specification.sums.filter { isWanted($0.name) }
    let needed = specification.baselines.filter { baseline in
      isWanted(baseline.rawValue) || wantedSums.contains { $0.parts.contains(baseline) }
    }
    var rows: [ResultRow] = []
    var scores: [Baseline: DetectorScores] = [:]
    for seed in seeds {
      for baseline in needed where scores[baseline] == nil || baseline.isRandomised {
        report("\(source.name): \(baseline.rawValue), seed \(seed)")
        var detector = BaselineDetector(baseline, seed: seed)
        let scored = try plain.fitAndScore(&detector, plain.splits.test)
        scores[baseline] = scored
        guard isWanted(baseline.rawValue) else { continue }
        rows += try evaluation.rows(
          scored.standardised(), method: baseline.rawValue, seed: seed, threads: threads)
      }
      for sum in wantedSums where seed == seeds[0] || sum.parts.contains(where: \.isRandomised) {
        rows += try evaluation.rows(
          DetectorScores.logSum(of: sum.parts.map { scores[$0]! }), method: sum.name, seed: seed, threads: threads)
      }
      if isWanted(Self.methodName) {
        report("\(source.name): joint model, seed \(seed)")
        var detector = JointDetector(
          try prepared.trainedModel(seed: seed), options: specification.pipeline.detector)
        rows += try evaluation.rows(
          prepared.fitAndScore(&detector, prepared.splits.test), method: Self.methodName, seed: seed, threads: threads)
      }
    }
    return rows
  }
}
