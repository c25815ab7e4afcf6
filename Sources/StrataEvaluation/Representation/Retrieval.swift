public import StrataTensor

/// How high each query ranks its own partner among all candidates, by cosine similarity.
///
/// With queries from one telemetry layer and candidates from another it asks whether both speak of the same moment. Ties
/// count as their expectation over random orders, so a collapsed representation gets what chance gives.
public struct Retrieval: Sendable, Hashable {
  /// For each query, candidates that are more similar than its partner, and others that are exactly as similar.
  private let rivals: [Rivals]

  private struct Rivals: Hashable {
    var better = 0
    var tied = 0
  }

  /// - Parameters:
  ///   - queries: Embeddings of shape `[pair, latent]`, of any length.
  ///   - candidates: The partner of each query, of the same shape.
  /// - Throws: `EvaluationError` when the numbers of rows differ, there is none, or an element is not finite.
  /// - Precondition: Both have the same number of columns.
  /// - Complexity: O(n² · latent).
  public init(queries: Matrix, candidates: Matrix) throws(EvaluationError) {
    try requirePairs(queries, candidates)
    let (queries, candidates) = (queries.unitRows(), candidates.unitRows())
    rivals = (0..<queries.rows).map { query in
      let similarities = (0..<candidates.rows).map { queries.sum(row: query, candidates, $0, *) }
      var rivals = Rivals()
      for (candidate, similarity) in similarities.enumerated() where candidate != query {
        rivals.better += similarity > similarities[query] ? 1 : 0
        rivals.tied += similarity == similarities[query] ? 1 : 0
      }
      return rivals
    }
  }

  /// The expected rank of each query's partner, from 1.
  public var ranks: [Double] { rivals.map { Double($0.better + 1) + Double($0.tied) / 2 } }

  /// The share of queries whose partner is among the first `count` candidates.
  public func recall(at count: Int) -> Double {
    let hits = rivals.reduce(0.0) { hits, rivals in
      hits + min(max(Double(count - rivals.better) / Double(rivals.tied + 1), 0), 1)
    }
    return hits / Double(rivals.count)
  }

  /// The mean over queries of one over the rank.
  public var meanReciprocalRank: Double {
    let sum = rivals.reduce(0.0) { sum, rivals in
      let places = rivals.better + 1...rivals.better + 1 + rivals.tied
      return sum + places.reduce(0) { $0 + 1 / Double($1) } / Double(places.count)
    }
    return sum / Double(rivals.count)
  }

  /// The median of ``ranks``.
  public var medianRank: Double { quantile(0.5, of: ranks) }
}
