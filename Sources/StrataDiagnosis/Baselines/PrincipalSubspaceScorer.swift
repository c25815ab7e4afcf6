import StrataTensor

/// Distance from the principal subspace of the training rows.
///
/// Reference, as a baseline: Sarfraz et al., "Position: Quo Vadis, Unsupervised Time Series Anomaly Detection?", ICML
/// 2024.
struct PrincipalSubspaceScorer: RowScorer {
  static let keptVariance = 0.9
  /// Below this a channel's residual counts as noise of this size.
  static let smallestResidual = 0.02

  private let subspace: PrincipalSubspace
  /// The root mean square of every channel's residual in training; `nil` when residuals are not normalised.
  private let deviations: [Float]?

  /// - Throws: `LinearAlgebraError`.
  /// - Precondition: The columns of `rows`, of shape `[time, channel]`, have mean zero.
  init(fittedTo rows: NDArray, isNormalized: Bool) throws {
    subspace = try PrincipalSubspace(fittedTo: rows, keptVariance: Self.keptVariance)
    deviations = isNormalized ? Self.rootMeanSquares(of: subspace.residuals(of: rows)) : nil
  }

  func scores(of rows: NDArray) -> (scores: [Float], contributions: NDArray?) {
    let residuals = subspace.residuals(of: rows)
    guard let deviations else {
      let width = Double(rows.shape[1])
      return (squaredLengths(of: residuals).map { Float($0 / width) }, abs(residuals))
    }
    let normalized = mapColumns(of: residuals) { abs($0) / deviations[$1] }
    return (largest(of: normalized), normalized)
  }

  static func rootMeanSquares(of rows: NDArray) -> [Float] {
    (rows * rows).mean(over: [0]).elements.map { Float(max(Double($0).squareRoot(), smallestResidual)) }
  }
}
