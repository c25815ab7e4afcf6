import StrataDiagnosis
public import StrataTelemetry
import StrataTensor

/// Runs the methods of an experiment on its data sets.
public struct ExperimentRunner: Sendable {
  /// The name under which tables list the fitted detector.
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
    let telemetry = try BaselineTelemetry(
      runs, embargo: specification.embargo, validationFraction: specification.validationFraction, threads: threads)
    let evaluation = try DataSetEvaluation(source, runs: runs, alarms: specification.alarms)
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
        let scored = try telemetry.scores(baseline, seed: seed)
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
        report("\(source.name): fitted detector, seed \(seed)")
        let detector = try FittedDetector(
          cleanTime: runs.map(\.cleanTime), policy: specification.alarms,
          provenance: Provenance(settings: specification.hash, seed: seed, runs: runs), threads: threads)
        let detection = try detector.detect(in: runs, threads: threads)
        rows += try evaluation.rows(
          detection.scores.afterTraining(of: runs), method: Self.methodName, seed: seed, threads: threads)
      }
    }
    return rows
  }
}
