import StrataTensor

/// How often clean time reaches a score: conformal p-values with a fitted tail, and how exceedances cluster in time.
///
/// Within the range of the calibration scores `p` is the share of clean samples that score as high, interpolated between
/// quantiles. Above the start of the tail, where few calibration scores are left, an exponential tail is fitted to the
/// peaks of clusters of exceedances, so that scores beyond the highest clean one are still told apart and a budget smaller
/// than one alarm in all of calibration time has a threshold. That part is an extrapolation: it assumes that clean scores
/// keep falling off as they do at the start of the tail.
///
/// The tail starts where the *highest* score of all entities is in the share `tailStart` of the samples. Were it a quantile
/// of all scores, some one of a thousand entities would nearly always exceed it, and hours would be one cluster.
///
/// Scores that follow each other in time are not exchangeable one by one: small p-values come in bursts, and of many
/// entities at once. A burst is one false alarm, so the rate of false alarms at a score is `p` times the extremal index,
/// the number of clusters per exceedance.
///
/// References: Vovk, Gammerman and Shafer, "Algorithmic Learning in a Random World", 2005; peaks over threshold: Siffer
/// et al., "Anomaly Detection in Streams with Extreme Value Theory", KDD 2017; extremal index: Leadbetter, "Extremes and
/// Local Dependence in Stationary Sequences", 1983.
public struct ScoreCalibration: Sendable, Codable, Hashable {
  /// The share of calibration samples in which no entity reaches the tail.
  public static let tailStart = 0.98
  /// How many quantiles describe the scores below the tail.
  static let quantileCount = 200
  /// How many peaks of this mean excess are added to those found, so that a short calibration time has no thin tail by
  /// chance.
  static let prior = (count: 3.0, excess: 1.0)

  /// Quantiles of clean scores, ascending, from the least score to the start of the tail.
  let quantiles: [Float]
  /// The share of clean samples above the start of the tail.
  public let tailShare: Double
  /// The mean excess of a cluster's peak over the start of the tail.
  public let tailScale: Double
  /// Clusters per exceedance, above zero and at most one.
  public let extremalIndex: Double
  /// Clean samples of single entities that were scored.
  public let sampleCount: Int

  /// Fits to the scores of clean time.
  ///
  /// - Parameters:
  ///   - series: Per run, the scores of all entities of one kind over the same samples; none is NaN.
  ///   - priorExcess: The mean excess of the peaks that are added; `nil` for that of every calibration.
  ///   - gap: Exceedances of any entity of a run with at most this many quiet samples in between are one cluster.
  /// - Precondition: There is a score.
  /// - Complexity: O(n log n) for n scores.
  package init(_ series: [[[Float]]], gap: Int, priorExcess: Double? = nil) {
    let sorted = series.flatMap { $0.flatMap { $0 } }.sorted()
    require(!sorted.isEmpty, "ScoreCalibration: no scores")
    sampleCount = sorted.count
    let highest = series.map(Self.highest)
    let maxima = highest.flatMap { $0 }.sorted()
    let threshold = maxima[Int(Double(maxima.count - 1) * Self.tailStart)]
    let exceeding = sorted.count - sorted.partitioningIndex { $0 > threshold }
    let start = sorted.count - exceeding - 1
    quantiles = (0...Self.quantileCount).map { sorted[start * $0 / Self.quantileCount] }
    // One more than were seen, as in a conformal p-value.
    tailShare = Double(exceeding + 1) / Double(sorted.count + 1)
    let peaks = highest.flatMap { Self.peaks(of: $0, above: threshold, gap: gap) }
    let excess = peaks.reduce(0.0) { $0 + Double($1) - Double(threshold) }
    tailScale =
      (excess + Self.prior.count * (priorExcess ?? Self.prior.excess)) / (Double(peaks.count) + Self.prior.count)
    extremalIndex = Double(max(peaks.count, 1)) / Double(max(exceeding, 1))
  }

  /// The highest score of any entity of one run, sample by sample.
  private static func highest(_ entities: [[Float]]) -> [Float] {
    (0..<(entities.map(\.count).min() ?? 0)).map { sample in
      entities.reduce(-Float.infinity) { max($0, $1[sample]) }
    }
  }

  /// The highest score of every cluster of exceedances.
  private static func peaks(of scores: [Float], above threshold: Float, gap: Int) -> [Float] {
    var peaks: [Float] = []
    var last: Int?
    for (sample, score) in scores.enumerated() where score > threshold {
      if let last, sample - last <= gap + 1 {
        peaks[peaks.count - 1] = max(peaks[peaks.count - 1], score)
      } else {
        peaks.append(score)
      }
      last = sample
    }
    return peaks
  }

  /// Where the tail starts.
  public var tailThreshold: Float { quantiles[quantiles.count - 1] }

  /// The natural logarithm of the probability that a clean sample scores as high; zero or less.
  ///
  /// - Complexity: O(log quantiles).
  public func logarithmOfPValue(of score: Float) -> Double {
    guard !score.isNaN else { return 0 }
    let tail = logarithm(tailShare)
    guard score <= tailThreshold else { return tail - (Double(score) - Double(tailThreshold)) / tailScale }
    // The first quantile that is as high: where many clean scores are equal, all of them count.
    let high = quantiles.partitioningIndex { $0 >= score }
    guard high > 0 else { return 0 }
    let (below, above) = (quantiles[high - 1], quantiles[high])
    let place = (Double(high - 1) + Double((score - below) / (above - below))) / Double(Self.quantileCount)
    return logarithm(1 - place * (1 - tailShare))
  }

  /// The score that clean time reaches, in clusters, at most `rate` times per sample of an entity.
  ///
  /// - Precondition: The rate is positive.
  public func score(reachedAtRate rate: Double) -> Float {
    let atStart = extremalIndex * tailShare
    return Float(Double(tailThreshold) + tailScale * max(logarithm(atStart) - logarithm(rate), 0))
  }

  /// −log₁₀ of how many false alarms that reach a method's score begin per sample of a node; below zero where scores are
  /// ordinary.
  ///
  /// - Parameter budgetShare: The share of a node's false alarms that one entity may raise.
  package func score(of value: Float, budgetShare: Double) -> Float {
    let rate = logarithm(extremalIndex) + logarithmOfPValue(of: value) - logarithm(budgetShare)
    return Float(-rate / naturalLogarithmOfTen)
  }
}

/// The natural logarithm of ten.
let naturalLogarithmOfTen = 2.302_585_092_994_046
