public import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Returns the mean squared distance between the unit vectors of pairs that should agree; 0 is best, 2 is chance.
///
/// A collapsed representation is perfectly aligned: read it with ``uniformity(_:temperature:)``.
///
/// - Parameters:
///   - first: Embeddings of shape `[pair, latent]`, of any length.
///   - second: Their partners, of the same shape.
/// - Throws: `EvaluationError` when the numbers of rows differ, there is none, or an element is not finite.
/// - Precondition: Both have the same number of columns.
///
/// Reference: Wang and Isola, "Understanding Contrastive Representation Learning through Alignment and Uniformity on the
/// Hypersphere", ICML 2020.
public func alignment(_ first: Matrix, _ second: Matrix) throws(EvaluationError) -> Double {
  try requirePairs(first, second)
  let (first, second) = (first.unitRows(), second.unitRows())
  return (0..<first.rows).reduce(0) { $0 + first.squaredDistance(row: $1, second, $1) } / Double(first.rows)
}

/// Returns log E exp(−t · ‖x − y‖²) over pairs of different unit vectors; 0 when all are equal, lower is better spread.
///
/// - Throws: `EvaluationError` when there are fewer than two embeddings or an element is not finite.
/// - Complexity: O(n² · latent).
///
/// Reference: Wang and Isola, ICML 2020.
public func uniformity(_ embeddings: Matrix, temperature: Double = 2) throws(EvaluationError) -> Double {
  try requireComparable(embeddings)
  if embeddings.rows < 2 { throw .empty }
  let unit = embeddings.unitRows()
  var sum = 0.0
  for row in 1..<unit.rows {
    for other in 0..<row { sum += exp(-temperature * unit.squaredDistance(row: row, unit, other)) }
  }
  return log(sum / Double(unit.rows * (unit.rows - 1) / 2))
}

/// Checks that two matrices hold pairs of embeddings.
func requirePairs(_ first: Matrix, _ second: Matrix) throws(EvaluationError) {
  try EvaluationError.requireEqualCounts("embeddings", first.rows, "partners", second.rows)
  require(
    first.columns == second.columns,
    "embeddings of pairs: [\(first.rows), \(first.columns)] and [\(second.rows), \(second.columns)] differ in width")
  try requireComparable(first, second)
}
