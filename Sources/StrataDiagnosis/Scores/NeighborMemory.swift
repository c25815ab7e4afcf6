import StrataTensor

/// Vectors kept to be compared with.
struct NeighborMemory: Sendable {
  /// Shape `[n, width]`.
  let vectors: NDArray
  private let squaredLengths: [Float]

  /// - Precondition: `vectors` has shape `[n, width]` with at least one row.
  init(_ vectors: NDArray) {
    require(vectors.shape.rank == 2 && vectors.shape[0] > 0, "NeighborMemory: vectors of shape \(vectors.shape)")
    self.vectors = vectors
    squaredLengths = Self.squaredLengths(of: vectors)
  }

  /// Keeps at most `limit` rows, evenly spaced.
  init(_ vectors: NDArray, limit: Int) {
    let count = vectors.shape[0]
    self.init(count <= limit ? vectors : gather(vectors, rows: (0..<limit).map { $0 * count / limit }))
  }

  private static func squaredLengths(of vectors: NDArray) -> [Float] {
    reduceRows(vectors) { Float($0.reduce(0.0) { $0 + Double($1) * Double($1) }) }
  }

  /// The Euclidean distance of every row to the nearest vector, and which that is.
  ///
  /// - Complexity: One product of `[rows, width]` and `[width, n]`, computed in blocks of rows.
  func nearest(to rows: NDArray) -> (distances: [Float], indices: [Int]) {
    let block = 256
    var distances: [Float] = []
    var indices: [Int] = []
    for start in stride(from: 0, to: rows.shape[0], by: block) {
      let queries = rows.rows(start..<min(start + block, rows.shape[0]))
      let lengths = Self.squaredLengths(of: queries)
      let products = matmul(queries, vectors, transposeB: true)
      products.withElements { p in
        for row in 0..<queries.shape[0] {
          var best = Float.infinity
          var index = 0
          for candidate in 0..<squaredLengths.count {
            let distance = squaredLengths[candidate] - 2 * p[row * squaredLengths.count + candidate]
            if distance < best { (best, index) = (distance, candidate) }
          }
          distances.append(max(best + lengths[row], 0).squareRoot())
          indices.append(index)
        }
      }
    }
    return (distances, indices)
  }
}
