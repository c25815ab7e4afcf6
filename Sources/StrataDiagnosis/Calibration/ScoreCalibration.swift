/// How often normal time reaches a score: conformal p-values, with a fitted tail beyond the highest normal score.
///
/// Within the range of the calibration scores, `p = (1 + #{calibration ≥ s}) / (n + 1)`, which holds for exchangeable
/// scores of any distribution. Above the quantile `tailStart`, where few calibration scores are left, an exponential tail
/// is fitted to the excesses, so that scores beyond the highest normal one are still told apart and a budget smaller
/// than one alarm in all of calibration time has a threshold. That part is an extrapolation: it assumes that normal
/// scores keep falling off as they do above `tailStart`.
///
/// References: Vovk, Gammerman and Shafer, "Algorithmic Learning in a Random World", 2005; peaks over threshold: Siffer
/// et al., "Anomaly Detection in Streams with Extreme Value Theory", KDD 2017.
public struct ScoreCalibration: Sendable, Codable, Hashable {
  /// The share of calibration scores below the tail.
  public static let tailStart = 0.98

  /// Ascending.
  private let sorted: [Float]
  private let tailThreshold: Float
  /// The mean excess over the threshold.
  private let tailScale: Double

  /// - Throws: ``DiagnosisError`` when there are fewer than a hundred finite scores.
  public init(scores: [Float]) throws(DiagnosisError) {
    sorted = scores.filter(\.isFinite).sorted()
    guard sorted.count >= 100 else {
      throw DiagnosisError("calibration needs at least 100 scores of normal time, found \(sorted.count)")
    }
    tailThreshold = sorted[Int(Double(sorted.count - 1) * Self.tailStart)]
    let excesses = sorted.reversed().prefix { [tailThreshold] in $0 > tailThreshold }.map { [tailThreshold] in
      Double($0 - tailThreshold)
    }
    tailScale = max(excesses.reduce(0, +) / Double(max(excesses.count, 1)), 1e-6)
  }

  /// How likely normal time reaches `score` at any one sample, above zero and at most one.
  public func pValue(of score: Float) -> Double {
    guard !score.isNaN else { return 1 }
    let reaching = sorted.count - firstIndex(notBelow: min(score, tailThreshold))
    let p = Double(1 + reaching) / Double(sorted.count + 1)
    guard score > tailThreshold else { return p }
    return p * exponential(-Double(score - tailThreshold) / tailScale)
  }

  private func firstIndex(notBelow score: Float) -> Int {
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < score { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
