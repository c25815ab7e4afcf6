import StrataEvaluation
public import StrataTelemetry
import StrataTensor

extension FittedDetector {
  /// The fewest clean samples that a detector can be fitted to: long enough for averages and quantiles without a quarter.
  public static let smallestSampleCount = 60

  /// Fits a detector to clean time.
  ///
  /// The statistics come from all of it. The calibration comes from scores that each part of the time gets with the
  /// statistics of the other parts, so that no score is calibrated in the time that standardised it (cross-conformal
  /// prediction: Vovk, "Cross-conformal predictors", 2015).
  ///
  /// The result does not depend on `threads`.
  ///
  /// - Parameters:
  ///   - runs: Time without faults.
  ///   - policy: The budget, and the gap that merges alarms.
  ///   - options: How deviations become scores.
  ///   - method: One of ``DetectionMethod/names``; `nil` for calibrated surprise where some role has peers or clean time is
  ///     short, else for the sum of four.
  ///   - provenance: What the detector is made with.
  ///   - threads: How many threads work.
  /// - Throws: ``DiagnosisError`` when there is too little time, the clocks of the runs differ, or the method is unknown.
  /// - Complexity: O(samples · entities · channels), once for the statistics and once per part for the calibration.
  public init(
    cleanTime runs: [Run], policy: AlarmPolicy, options: SurpriseOptions = SurpriseOptions(), method: String? = nil,
    provenance: Provenance, threads: Int
  ) throws(DiagnosisError) {
    guard let first = runs.first else { throw DiagnosisError("there is no run to fit a detector to") }
    if let other = runs.first(where: { $0.interval != first.interval }) {
      throw DiagnosisError(
        "run '\(first.name)' is sampled every \(first.interval) s and run '\(other.name)' every \(other.interval) s: fit "
          + "one detector per interval")
    }
    if let short = runs.first(where: { $0.sampleCount < Self.smallestSampleCount }) {
      throw DiagnosisError(
        "run '\(short.name)' has \(short.sampleCount) clean samples; a detector needs \(Self.smallestSampleCount) "
          + "(\(Double(Self.smallestSampleCount) * short.interval) s at this interval)")
    }
    if let problem = method.flatMap(DetectionMethod.problem) { throw DiagnosisError(problem) }
    let rated = runs.map { $0.withCountersAsRates() }
    let fit = RoleFit(
      rated, method: method.flatMap(DetectionMethod.named), options: options, seed: provenance.seed, threads: threads)
    let detectors = try fit.detectors(of: rated)
    guard !detectors.isEmpty else { throw DiagnosisError("no entity has a channel that was observed half of the time") }
    let gap = policy.rule(interval: first.interval).gap
    var scores: [String: [RoleFit.CleanScores]] = [:]
    for fold in 0..<fit.method.foldCount {
      let folds = rated.map { $0.fold(fold, of: fit.method.foldCount) }
      for own in fit.scores(of: folds.map(\.scored), with: try fit.detectors(of: folds.flatMap(\.fitted))) {
        scores[own.role, default: []].append(own)
      }
    }
    let nodes = rated.map(\.nodeCount)
    let members = rated.map(\.observedMembers)
    let roles = detectors.compactMap { name, detector -> FittedRole? in
      guard let clean = scores[name], clean.contains(where: { !$0.series.isEmpty }) else { return nil }
      let count = members.reduce(0) { $0 + ($1[name]?.count ?? 0) }
      let nodesPerEntity = Double(nodes.reduce(0, +)) / Double(max(count, 1))
      let calibration = ScoreCalibration(clean.map(\.series), gap: gap)
      return FittedRole(
        name: name, detector: detector, calibration: calibration,
        memberCalibrations: fit.method.isCalibratedByEntity
          ? detector.members.map { member in
            ScoreCalibration(clean.map { $0.series(of: member) }, gap: gap, priorExcess: calibration.tailScale)
          } : [], budgetShare: nodesPerEntity / Double(detectors.count))
    }
    self.init(
      interval: first.interval, options: options, policy: policy,
      cleanTime: zip(rated, nodes).map { CleanTime(run: $0.name, sampleCount: $0.sampleCount, nodeCount: $1) },
      provenance: provenance, roles: roles)
  }
}

extension Run {
  /// One of several equal parts of the time, and what is left on either side of it.
  fileprivate func fold(_ index: Int, of count: Int) -> (scored: Run, fitted: [Run]) {
    let (start, end) = (sampleCount * index / count, sampleCount * (index + 1) / count)
    let rest = [0..<start, end..<sampleCount].filter { !$0.isEmpty }
    return (selecting(samples: start..<end), rest.map { selecting(samples: $0) })
  }
}
