public import StrataTensor

/// How far apart two embeddings are.
public enum EmbeddingDistance: String, Sendable, CaseIterable, Codable {
  case euclidean
  /// One minus the cosine of the angle.
  case cosine
}

/// Returns the class of each embedding by a vote of its nearest labelled ones: a probe without anything to train.
///
/// A tied vote goes to the lowest class, and of neighbours that are equally far the earlier one votes.
///
/// - Parameters:
///   - labelled: Embeddings of shape `[sample, latent]`.
///   - classes: Their classes.
///   - unlabelled: Embeddings of shape `[query, latent]`.
///   - neighbors: How many vote; all, when there are fewer.
///   - distance: How two embeddings are compared.
/// - Throws: `EvaluationError` when there is not one class per labelled embedding, none at all, or an element is not
///   finite.
/// - Precondition: Both have the same number of columns, and at least one neighbour votes.
/// - Complexity: O(queries · samples · (latent + log samples)).
///
/// Reference: scikit-learn `KNeighborsClassifier`, uniform weights.
public func nearestNeighborProbe(
  labelled: Matrix, classes: [Int], unlabelled: Matrix, neighbors: Int = 5, distance: EmbeddingDistance = .cosine
) throws(EvaluationError) -> [Int] {
  require(neighbors > 0, "a probe asks at least one neighbor, found \(neighbors)")
  require(
    labelled.columns == unlabelled.columns,
    "a probe: [\(labelled.rows), \(labelled.columns)] and [\(unlabelled.rows), \(unlabelled.columns)] differ in width")
  try EvaluationError.requireEqualCounts("labelled embeddings", labelled.rows, "classes", classes.count)
  try requireComparable(labelled, unlabelled)
  let known = distance == .cosine ? labelled.unitRows() : labelled
  let queries = distance == .cosine ? unlabelled.unitRows() : unlabelled
  return (0..<queries.rows).map { query in
    let distances = (0..<known.rows).map { queries.squaredDistance(row: query, known, $0) }
    let nearest = distances.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }.prefix(neighbors)
    let votes = nearest.reduce(into: [Int: Int]()) { $0[classes[$1], default: 0] += 1 }
    return votes.min { ($1.value, $0.key) < ($0.value, $1.key) }!.key
  }
}

/// Returns the share of predictions that equal their class.
///
/// - Throws: `EvaluationError` when the lengths differ or there is none.
public func accuracy(predictions: [Int], classes: [Int]) throws(EvaluationError) -> Double {
  try EvaluationError.requireEqualCounts("predictions", predictions.count, "classes", classes.count)
  if classes.isEmpty { throw .empty }
  return ratio(zip(predictions, classes).count { $0 == $1 }, classes.count)
}
