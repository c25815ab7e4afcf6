package import StrataTensor

/// Clusters of vectors by their nearest centre.
package enum KMeans {
  /// Positions of vectors to start from: the first at random, each next one with a probability proportional to its
  /// squared distance from those already chosen.
  ///
  /// - Returns: `count` positions, or as many as there are vectors.
  /// - Precondition: `vectors` has shape `[n, width]` with at least one row.
  ///
  /// Reference: Arthur and Vassilvitskii, "k-means++: The Advantages of Careful Seeding", SODA 2007.
  package static func seeds(_ count: Int, among vectors: NDArray, using generator: inout Generator) -> [Int] {
    var chosen = [generator.index(below: vectors.shape[0])]
    var nearest = distances(to: chosen[0], in: vectors)
    while chosen.count < min(count, vectors.shape[0]) {
      let total = nearest.reduce(0.0) { $0 + Double($1) * Double($1) }
      var remaining = generator.uniformDouble() * total
      var next = vectors.shape[0] - 1
      for (index, distance) in nearest.enumerated() {
        remaining -= Double(distance) * Double(distance)
        if remaining < 0 {
          next = index
          break
        }
      }
      chosen.append(next)
      nearest = zip(nearest, distances(to: next, in: vectors)).map { min($0, $1) }
    }
    return chosen
  }

  /// Lloyd's algorithm: every vector to its nearest centre, every centre to the mean of its vectors, until no vector
  /// changes its centre or `limit` rounds are over. A centre without vectors stays where it is.
  ///
  /// - Returns: The centres, in the shape of those given.
  package static func refine(_ centres: NDArray, for vectors: NDArray, limit: Int) -> NDArray {
    var centres = centres
    var assignment: [Int] = []
    for _ in 0..<limit {
      let next = NeighborMemory(centres).nearest(to: vectors).indices
      if next == assignment { break }
      assignment = next
      centres = means(of: vectors, by: assignment, previous: centres)
    }
    return centres
  }

  private static func distances(to index: Int, in vectors: NDArray) -> [Float] {
    NeighborMemory(vectors.rows(index..<index + 1)).nearest(to: vectors).distances
  }

  private static func means(of vectors: NDArray, by assignment: [Int], previous: NDArray) -> NDArray {
    let (clusters, width) = (previous.shape[0], previous.shape[1])
    var sums = [Double](repeating: 0, count: clusters * width)
    var counts = [Int](repeating: 0, count: clusters)
    vectors.withElements { x in
      sums.withUnsafeMutableBufferPointer { sums in
        for (row, cluster) in assignment.enumerated() {
          counts[cluster] += 1
          let (sum, vector) = (sums.baseAddress! + cluster * width, x.baseAddress! + row * width)
          for i in 0..<width { sum[i] += Double(vector[i]) }
        }
      }
    }
    return NDArray(previous.shape) { out in
      previous.withElements { old in
        for i in out.indices {
          let count = counts[i / width]
          out[i] = count == 0 ? old[i] : Float(sums[i] / Double(count))
        }
      }
    }
  }
}
