import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Returns the mean share of culprits among the highest-scored candidates of each case: HitRate@P%.
///
/// In a case with c culprits, the top round(c · percent / 100) candidates are looked at (half rounds to even). A tie across
/// that border counts as its expectation over random orders, so a constant score gets what chance gives. A case is an
/// event with one score per channel, or (host, channel) cell, and is skipped when it has no culprit.
///
/// - Throws: `EvaluationError` when lengths differ, a score is NaN, or no case has a culprit.
/// - Precondition: `percent` is not negative.
///
/// Reference: Su et al., "OmniAnomaly", KDD 2019; the code of TranAD (Tuli et al., VLDB 2022).
public func hitRate(
  scores: [[some BinaryFloatingPoint]], culprits: [[Bool]], percent: Double = 100
) throws(EvaluationError) -> Double {
  try meanOverCases(scores, culprits, percent) { ranking, depth in
    var remaining = depth
    var hits = 0.0
    for group in ranking.ties where remaining > 0 {
      let taken = min(group.count, remaining)
      hits += Double(taken) * ratio(group.culprits, group.count)
      remaining -= taken
    }
    return hits / Double(ranking.culprits)
  }
}

/// Returns the mean normalised discounted cumulative gain of the highest-scored candidates of each case: NDCG@P%.
///
/// Like ``hitRate(scores:culprits:percent:)``, but a culprit at rank r counts 1 / log2(r + 1), relative to the best
/// order. Tied candidates share the mean gain of their ranks.
///
/// - Throws: `EvaluationError` when lengths differ, a score is NaN, or no case has a culprit.
/// - Precondition: `percent` is not negative.
///
/// Reference: scikit-learn `ndcg_score`, as used by TranAD.
public func ndcg(
  scores: [[some BinaryFloatingPoint]], culprits: [[Bool]], percent: Double = 100
) throws(EvaluationError) -> Double {
  try meanOverCases(scores, culprits, percent) { ranking, depth in
    func discounts(_ ranks: Range<Int>) -> Double {
      ranks.prefix { $0 < depth }.reduce(0) { $0 + 1 / log2(Double($1 + 2)) }
    }
    var rank = 0
    var gain = 0.0
    for group in ranking.ties {
      gain += ratio(group.culprits, group.count) * discounts(rank..<rank + group.count)
      rank += group.count
    }
    return gain / max(discounts(0..<ranking.culprits), .leastNormalMagnitude)
  }
}

/// Returns InterFusion's interpretation score: the mean share of culprits among as many top candidates as there are
/// culprits, which is ``hitRate(scores:culprits:percent:)`` at 100 %.
///
/// - Throws: `EvaluationError` when lengths differ, a score is NaN, or no case has a culprit.
///
/// Reference: Li et al., "InterFusion", KDD 2021.
public func interpretationScore(
  scores: [[some BinaryFloatingPoint]], culprits: [[Bool]]
) throws(EvaluationError) -> Double {
  try hitRate(scores: scores, culprits: culprits, percent: 100)
}

/// The candidates of one case in groups of equal scores, highest first.
private struct TiedRanking {
  private(set) var ties: [(count: Int, culprits: Int)] = []
  let culprits: Int

  init(_ series: ScoredSeries) {
    culprits = series.positiveCount
    var last = (accused: 0, found: 0)
    for point in RankingCurve(series).points {
      let accused = point.truePositives + point.falsePositives
      ties.append((accused - last.accused, point.truePositives - last.found))
      last = (accused, point.truePositives)
    }
  }
}

private func meanOverCases(
  _ scores: [[some BinaryFloatingPoint]], _ culprits: [[Bool]], _ percent: Double,
  of measure: (TiedRanking, _ depth: Int) -> Double
) throws(EvaluationError) -> Double {
  require(percent >= 0, "the percentage of candidates is at least 0, found \(percent)")
  try EvaluationError.requireEqualCounts("cases of scores", scores.count, "cases of culprits", culprits.count)
  var values: [Double] = []
  for (scores, culprits) in zip(scores, culprits) {
    let series = try ScoredSeries(scores: scores, labels: culprits)
    if series.events.isEmpty { continue }
    let depth = (percent * Double(series.positiveCount) / 100).rounded(.toNearestOrEven)
    values.append(measure(TiedRanking(series), depth < Double(scores.count) ? Int(depth) : scores.count))
  }
  if values.isEmpty { throw .noPositives }
  return values.reduce(0, +) / Double(values.count)
}
