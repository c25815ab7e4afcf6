package import StrataTensor

/// Vectors kept to be compared with.
///
/// `|x − v|² = |x|² − 2 x·v + |v|²` makes the comparison with all vectors one matrix product, but cancels: where `x` and
/// `v` are long and close, the rounding of the terms is larger than their sum. The product therefore only rules vectors
/// out. Those that its rounding error cannot rule out, usually one or two, are compared by differences in double
/// precision, so that the result is the nearest vector whatever the order of the sums: equal on every machine.
package struct NeighborMemory: Sendable {
  /// Shape `[n, width]`.
  package let vectors: NDArray
  /// Half the squared length of every vector.
  let halfSquares: [Float]

  /// - Precondition: `vectors` has shape `[n, width]` with at least one row.
  package init(_ vectors: NDArray) {
    require(vectors.shape.rank == 2 && vectors.shape[0] > 0, "NeighborMemory: vectors of shape \(vectors.shape)")
    self.vectors = vectors
    halfSquares = squaredLengths(of: vectors).map { Float($0 / 2) }
  }
}
