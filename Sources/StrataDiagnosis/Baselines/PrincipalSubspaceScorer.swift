import StrataTensor

/// Distance from the principal subspace of the training rows.
///
/// References: Jolliffe, "Principal Component Analysis", 2002, §10.1; as a baseline: Sarfraz et al., "Position: Quo Vadis,
/// Unsupervised Time Series Anomaly Detection?", ICML 2024.
struct PrincipalSubspaceScorer: RowScorer {
  static let keptVariance = 0.9
  /// Below this a channel's residual counts as noise of this size.
  static let smallestResidual: Float = 0.02

  /// Shape `[kept, channel]`.
  private let directions: NDArray
  /// The root mean square of every channel's residual in training; `nil` when residuals are not normalised.
  private let deviations: [Float]?

  /// - Throws: ``LinearAlgebraError``.
  init(fittedTo rows: NDArray, isNormalized: Bool) throws {
    let (values, vectors) = try symmetricEigen(Matrix(matmul(rows, rows, transposeA: true)))
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
    deviations = isNormalized
      ? Self.rootMeanSquares(of: Self.residuals(rows, from: subspace)).map { max($0, Self.smallestResidual) } : nil
  }

  func scores(of rows: NDArray) -> (scores: [Float], contributions: NDArray?) {
    let residuals = Self.residuals(rows, from: directions)
    let width = rows.shape[1]
    guard let deviations else {
      return (reduceRows(residuals) { $0.reduce(0) { $0 + $1 * $1 } / Float(width) }, residuals.absolute)
    }
    let normalized = NDArray(rows.shape) { out in
      residuals.withElements { r in for i in out.indices { out[i] = abs(r[i]) / deviations[i % width] } }
    }
    return (reduceRows(normalized) { $0.max() ?? 0 }, normalized)
  }

  private static func residuals(_ rows: NDArray, from directions: NDArray) -> NDArray {
    guard directions.shape[0] > 0 else { return rows }
    return rows - matmul(matmul(rows, directions, transposeB: true), directions)
  }

  private static func rootMeanSquares(of rows: NDArray) -> [Float] {
    let statistics = ColumnStatistics(of: rows)
    return zip(statistics.means, statistics.deviations).map { ($0 * $0 + $1 * $1).squareRoot() }
  }
}
