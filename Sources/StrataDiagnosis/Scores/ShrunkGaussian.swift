package import StrataTensor

/// A Gaussian fitted to rows, its covariance shrunk towards a multiple of the identity.
///
/// Shrinkage adds `shrinkage` times the mean variance to every direction, so that a direction in which training hardly
/// moved does not turn rounding noise into an anomaly. Columns should be in comparable units.
///
/// Reference: Ledoit and Wolf, "A well-conditioned estimator for large-dimensional covariance matrices", 2004.
package struct ShrunkGaussian: Sendable {
  /// The least variance of a direction: what is left of the shrinkage when every column is constant.
  static let smallestVariance = 1e-6
  let means: NDArray
  /// Columns are eigenvectors of the covariance over the square root of its shrunk eigenvalues, `[column, column]`.
  let whitening: NDArray

  /// A Gaussian of known means and whitening.
  init(means: NDArray, whitening: NDArray) { (self.means, self.whitening) = (means, whitening) }

  /// - Throws: `LinearAlgebraError` when a row is not finite.
  /// - Precondition: `rows` has shape `[n, column]` with at least one row.
  package init(fittedTo rows: NDArray, shrinkage: Double) throws {
    means = rows.mean(over: [0])
    let centred = Matrix(rows - means)
    let width = rows.shape[1]
    var covariance = matmul(centred, centred, transposeA: true)
    covariance.elements = covariance.elements.map { $0 / Double(rows.shape[0]) }
    let (values, vectors) = try symmetricEigen(covariance)
    let floor = max(shrinkage * values.reduce(0, +) / Double(max(width, 1)), Self.smallestVariance)
    let shrunk = values.map { max($0, 0) + floor }
    whitening = NDArray([width, width]) { out in
      for c in 0..<width { for k in 0..<width { out[c * width + k] = Float(vectors[c, k] / shrunk[k].squareRoot()) } }
    }
  }

  /// The rows along the principal directions, each over its deviation: uncorrelated in training, and of unit variance
  /// but for the shrinkage.
  package func whitened(_ rows: NDArray) -> NDArray { matmul(rows - means, whitening) }

  /// The Mahalanobis distance of every row.
  ///
  /// The result of a row has the same bits whatever rows are beside it.
  package func distances(of rows: NDArray) -> [Float] {
    let width = rows.shape[1]
    return means.withElements { means in
      whitening.withElements { whitening in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { whitened in
          reduceRows(rows) { row in
            for column in 0..<width { whitened[column] = 0 }
            for column in 0..<width {
              let (difference, first) = (Double(row[column]) - Double(means[column]), column * width)
              for direction in 0..<width { whitened[direction] += difference * Double(whitening[first + direction]) }
            }
            return Float(sumOfSquares(width) { whitened[$0] }.squareRoot())
          }
        }
      }
    }
  }
}
