import StrataTensor

/// Distance from the principal subspace of the training rows.
///
/// References: Jolliffe, "Principal Component Analysis", 2002, §10.1; as a baseline: Sarfraz et al., "Position: Quo Vadis,
/// Unsupervised Time Series Anomaly Detection?", ICML 2024.
struct PrincipalSubspaceScorer: RowScorer {
  static let keptVariance = 0.9
  /// Below this a channel's residual counts as noise of this size.
  static let smallestResidual = 0.02

  /// Shape `[kept, channel]`.
  private let directions: NDArray
  /// The root mean square of every channel's residual in training; `nil` when residuals are not normalised.
  private let deviations: [Float]?

  /// - Throws: `LinearAlgebraError`.
  /// - Precondition: The columns of `rows`, of shape `[time, channel]`, have mean zero.
  init(fittedTo rows: NDArray, isNormalized: Bool) throws {
    let matrix = Matrix(rows)
    let (values, vectors) = try symmetricEigen(matmul(matrix, matrix, transposeA: true))
    let total = values.reduce(0) { $0 + max($1, 0) }
    var kept = 0
    var variance = 0.0
    while kept < values.count, variance < Self.keptVariance * total {
      kept += 1
      variance += max(values[values.count - kept], 0)
    }
    let width = rows.shape[1]
    let subspace = NDArray([kept, width]) { out in
      for i in 0..<kept { for c in 0..<width { out[i * width + c] = Float(vectors[c, width - 1 - i]) } }
    }
    directions = subspace
    deviations = isNormalized ? Self.rootMeanSquares(of: Self.residuals(rows, from: subspace)) : nil
  }

  func scores(of rows: NDArray) -> (scores: [Float], contributions: NDArray?) {
    let residuals = Self.residuals(rows, from: directions)
    guard let deviations else {
      let width = Double(rows.shape[1])
      return (squaredLengths(of: residuals).map { Float($0 / width) }, residuals.absolute)
    }
    let normalized = mapColumns(of: residuals) { abs($0) / deviations[$1] }
    return (largest(of: normalized), normalized)
  }

  private static func residuals(_ rows: NDArray, from directions: NDArray) -> NDArray {
    guard directions.shape[0] > 0 else { return rows }
    return rows - matmul(matmul(rows, directions, transposeB: true), directions)
  }

  private static func rootMeanSquares(of rows: NDArray) -> [Float] {
    (rows * rows).mean(over: [0]).elements.map { Float(max(Double($0).squareRoot(), smallestResidual)) }
  }
}
