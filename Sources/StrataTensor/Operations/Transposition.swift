extension NDArray {
  /// The axes in another order: axis `i` of the result is axis `axes[i]` of this array.
  ///
  /// - Precondition: `axes` names every axis once.
  public func transposed(_ axes: [Int]) -> NDArray {
    let order = axes.map { shape.resolve($0, "transposed") }
    require(order.sorted() == Array(0..<shape.rank), "transposed: \(axes) is not a permutation of the axes of \(shape)")
    var strides = [Int](repeating: 1, count: shape.rank)
    for axis in stride(from: shape.rank - 2, through: 0, by: -1) { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    let result = Shape(order.map { shape[$0] })
    guard count > 0, shape.rank > 1, order != Array(0..<shape.rank) else { return reshaped(result) }
    let steps = order.map { strides[$0] }
    let (inner, innerStep) = (result.last, steps.last!)
    return NDArray(result) { out in
      withElements { a in
        var position = [Int](repeating: 0, count: result.rank - 1)
        var source = 0
        for row in 0..<out.count / inner {
          for i in 0..<inner { out[row * inner + i] = a[source + i * innerStep] }
          var axis = position.count - 1
          while axis >= 0 {
            position[axis] += 1
            source += steps[axis]
            if position[axis] < result[axis] { break }
            source -= steps[axis] * result[axis]
            position[axis] = 0
            axis -= 1
          }
        }
      }
    }
  }

  public func transposed(_ axes: Int...) -> NDArray { transposed(axes) }
}

extension Tensor {
  /// The same elements in another shape.
  ///
  /// - Precondition: Both shapes hold equally many elements.
  public func reshaped(_ shape: Shape) -> Tensor {
    let own = self.shape
    return Tensor(value.reshaped(shape), "reshaped", from: .input(self) { $0.reshaped(own) })
  }

  /// The axes in another order: axis `i` of the result is axis `axes[i]` of this tensor.
  ///
  /// - Precondition: `axes` names every axis once.
  public func transposed(_ axes: [Int]) -> Tensor {
    let order = axes.map { shape.resolve($0, "transposed") }
    let value = value.transposed(order)
    return Tensor(
      value, "transposed",
      from: .input(self) { $0.transposed(order.indices.sorted { order[$0] < order[$1] }) })
  }

  public func transposed(_ axes: Int...) -> Tensor { transposed(axes) }
}
