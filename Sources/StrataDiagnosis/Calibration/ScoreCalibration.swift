import StrataTensor

/// How often normal time reaches a score: conformal p-values, with a fitted tail beyond the highest normal score.
///
/// Within the range of the calibration scores, `p = (1 + #{calibration ≥ s}) / (n + 1)`, which holds for exchangeable
/// scores of any distribution: at most a share `p` of normal scores gets a p-value of `p` or less. Above the quantile
/// `tailStart`, where few calibration scores are left, an exponential tail is fitted to the excesses, so that scores
/// beyond the highest normal one are still told apart and a budget smaller than one alarm in all of calibration time has
/// a threshold. That part is an extrapolation: it assumes that normal scores keep falling off as they do above
/// `tailStart`.
///
/// Scores that follow each other in time are not exchangeable one by one: over long stretches p-values are as frequent as
/// they say, but small ones come in bursts. ``AlarmPolicy`` therefore counts merged alarms, not samples.
///
/// References: Vovk, Gammerman and Shafer, "Algorithmic Learning in a Random World", 2005; peaks over threshold: Siffer
/// et al., "Anomaly Detection in Streams with Extreme Value Theory", KDD 2017.
public struct ScoreCalibration: Sendable, Codable, Hashable {
  /// The share of calibration scores below the tail.
  public static let tailStart = 0.98
  /// The least p-value, for scores beyond what a floating-point exponential can tell apart.
  public static let leastPValue = 1e-300
  /// Fewer scores than this have no tail.
  static let smallestCount = 100

  /// Ascending.
  private let sorted: [Float]
  private let tailThreshold: Float
  /// The mean excess over the threshold.
  private let tailScale: Double

  /// Keeps the finite ones of the scores of normal time.
  ///
  /// - Throws: ``DiagnosisError`` when there are fewer than a hundred.
  /// - Complexity: O(n log n), and one float per score in memory.
  public init(scores: [Float]) throws(DiagnosisError) {
    let sorted = scores.filter(\.isFinite).sorted()
    guard sorted.count >= Self.smallestCount else {
      throw DiagnosisError(
        "calibration needs at least \(Self.smallestCount) scores of normal time, found \(sorted.count)")
    }
    let threshold = Self.tailThreshold(ofSorted: sorted)
    let excesses = sorted.reversed().prefix { $0 > threshold }.map { Double($0) - Double(threshold) }
    self.sorted = sorted
    tailThreshold = threshold
    tailScale = Self.tailScale(of: excesses)
  }

  /// How likely normal time reaches `score` at any one sample, above zero and at most one; one for NaN.
  ///
  /// - Complexity: O(log n).
  public func pValue(of score: Float) -> Double {
    guard !score.isNaN else { return 1 }
    let reaching = sorted.count - firstIndex(notBelow: min(score, tailThreshold))
    let p = Double(1 + reaching) / Double(sorted.count + 1)
    guard score > tailThreshold else { return p }
    return max(p * exponential((Double(tailThreshold) - Double(score)) / tailScale), Self.leastPValue)
  }

  /// Where the tail of ascending scores starts.
  static func tailThreshold(ofSorted scores: [Float]) -> Float { scores[Int(Double(scores.count - 1) * tailStart)] }

  /// The mean of an exponential tail with these excesses; small where there are none.
  static func tailScale(of excesses: [Double]) -> Double {
    max(excesses.reduce(0, +) / Double(max(excesses.count, 1)), 1e-6)
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
