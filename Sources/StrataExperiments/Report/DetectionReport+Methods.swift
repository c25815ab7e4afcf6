public import StrataDiagnosis
import StrataEvaluation
import StrataTelemetry
import StrataTensor

extension DetectionReport {
  /// Simple methods that a learned detector has to beat, with a name for each.
  private static let baselines: [(name: String, baseline: Baseline)] = [
    ("L2 norm of z-scores", .norm), ("largest robust z-score", .robustZ), ("PCA residual", .pca),
    ("PCA residual, normalised", .normalizedPCA), ("k-means on windows", .kMeans),
    ("1-nearest neighbour on points", .nearestPoint),
  ]
  /// The parts of the plain sum.
  private static let summed: Set<Baseline> = [.normalizedPCA, .kMeans, .nearestPoint]

  /// Judges a detection and, next to it, simple methods fitted to the same training time and held to the same budget.
  ///
  /// - Parameters:
  ///   - name: What the table calls the method of the detection.
  ///   - telemetry: What the detection scored, of one run.
  ///   - report: Told which method begins.
  ///   - detection: What the method under test found.
  ///   - seed: The seed of methods that draw random numbers.
  /// - Throws: `EvaluationError` when the run has no fault after training time.
  /// - Precondition: `telemetry` has one run.
  public static func methods(
    comparing detection: Detection, called name: String, on telemetry: BaselineTelemetry, seed: UInt64,
    report: (String) -> Void = { _ in }
  ) throws -> [Method] {
    let runs = telemetry.splits.test.runs
    require(runs.count == 1, "DetectionReport.methods: \(runs.count) runs")
    let window = runs[0].conventionalWindow
    func judge(_ name: String, _ scores: ScoredTelemetry) throws -> Method {
      Method(name: name, judgement: try RunJudgement(scores, at: 0, of: runs[0], window: window))
    }
    func judge(_ name: String, _ scores: DetectorScores) throws -> Method {
      try judge(name, ScoredTelemetry(calibrating: scores, of: runs, policy: detection.scores.policy))
    }
    var methods = [try judge(name, detection.scores.afterTraining(of: runs))]
    var parts: [DetectorScores] = []
    for (name, baseline) in baselines {
      report(name)
      let scores = try telemetry.scores(baseline, seed: seed)
      if summed.contains(baseline) { parts.append(scores) }
      methods.append(try judge(name, scores.standardised()))
    }
    methods.append(try judge("sum of the last three", DetectorScores.logSum(of: parts)))
    return methods
  }
}
