import StrataTensor

extension Initializer {
  /// A uniformly distributed matrix with orthonormal rows or columns, whichever are fewer.
  ///
  /// Axes in front of the last are taken together as rows. The matrix is `gain` times the orthonormal factor, with a
  /// positive diagonal in the other one, of a normal matrix. It is found by Gram–Schmidt in double precision rather
  /// than by LAPACK, whose bits depend on the processor.
  ///
  /// - Complexity: O(rows · columns · min(rows, columns)).
  ///
  /// Reference: Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear
  /// neural networks", ICLR 2014.
  public static func orthogonal(gain: Float = 1) -> Initializer {
    Initializer { shape, generator in
      require(shape.rank >= 2, "orthogonal: shape \(shape) is not a matrix")
      let (rows, columns) = (shape.rowCount, shape.last)
      let (count, length) = (min(rows, columns), max(rows, columns))
      let basis = orthonormalVectors(count: count, length: length, using: &generator)
      return NDArray(shape) { elements in
        for row in 0..<rows {
          for column in 0..<columns {
            let entry = rows >= columns ? basis[column][row] : basis[row][column]
            elements[row * columns + column] = gain * Float(entry)
          }
        }
      }
    }
  }

  private static func orthonormalVectors(count: Int, length: Int, using generator: inout Generator) -> [[Double]] {
    var basis: [[Double]] = []
    for _ in 0..<count {
      var vector = (0..<length).map { _ in generator.normalDouble() }
      // Once more than textbooks say: the second pass removes what rounding left of the earlier directions.
      for _ in 0..<2 {
        for earlier in basis {
          let projection = dot(vector, earlier)
          for i in vector.indices { vector[i] -= projection * earlier[i] }
        }
      }
      let norm = dot(vector, vector).squareRoot()
      basis.append(vector.map { $0 / norm })
    }
    return basis
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for i in a.indices { sum += a[i] * b[i] }
    return sum
  }
}
