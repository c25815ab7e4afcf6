/// Returns chosen rows of the outermost axis, in the given order; a row may be chosen more than once.
///
/// - Precondition: Every index lies inside the axis.
public func gather(_ x: NDArray, rows: [Int]) -> NDArray {
  require(x.shape.rank > 0, "gather: shape \(x.shape) has no axis")
  let (extent, width) = (x.shape[0], x.shape.dimensions.dropFirst().reduce(1, *))
  return NDArray(Shape([rows.count] + x.shape.dimensions.dropFirst())) { out in
    x.withElements { elements in
      for (i, row) in rows.enumerated() {
        require(row >= 0 && row < extent, "gather: row \(row) is outside \(x.shape)")
        guard width > 0 else { continue }
        (out.baseAddress! + i * width).initialize(from: elements.baseAddress! + row * width, count: width)
      }
    }
  }
}

/// Returns chosen rows of the outermost axis, in the given order; a row may be chosen more than once.
///
/// - Precondition: Every index lies inside the axis.
public func gather(_ x: Tensor, rows: [Int]) -> Tensor {
  let shape = x.shape
  return Tensor(gather(x.value, rows: rows), "gather", from: .input(x) { scatteredSum($0, rows, into: shape) })
}

/// Returns the rows of a learned table that `indices` name.
///
/// - Parameters:
///   - table: Shape `[entries, width]`.
///   - indices: One entry per result, row-major.
///   - shape: The arrangement of the results; a vector when absent.
/// - Returns: Shape `shape + [width]`.
public func embedding(_ table: Tensor, _ indices: [Int], shape: Shape? = nil) -> Tensor {
  require(table.shape.rank == 2, "embedding: table \(table.shape) is not [entries, width]")
  let shape = shape ?? [indices.count]
  require(shape.elementCount == indices.count, "embedding: \(indices.count) indices do not fill shape \(shape)")
  return gather(table, rows: indices).reshaped(Shape(shape.dimensions + [table.shape[1]]))
}

/// Adds each row of `x` to the row of the result that `rows` names, in order.
private func scatteredSum(_ x: NDArray, _ rows: [Int], into shape: Shape) -> NDArray {
  let width = shape.dimensions.dropFirst().reduce(1, *)
  return NDArray(shape) { out in
    out.initialize(repeating: 0)
    x.withElements { elements in
      for (i, row) in rows.enumerated() {
        for j in 0..<width { out[row * width + j] += elements[i * width + j] }
      }
    }
  }
}
