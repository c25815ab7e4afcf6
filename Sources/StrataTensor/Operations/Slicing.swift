extension NDArray {
  /// A range of one axis. Along the outermost axis the result shares storage.
  ///
  /// - Precondition: The range lies inside the axis.
  public func slice(axis: Int, _ range: Range<Int>) -> NDArray {
    let axis = shape.resolve(axis, "slice")
    require(
      range.lowerBound >= 0 && range.upperBound <= shape[axis], "slice: \(range) is outside axis \(axis) of \(shape)")
    if axis == 0 { return rows(range) }
    let outer = shape.dimensions[..<axis].reduce(1, *), inner = shape.dimensions[(axis + 1)...].reduce(1, *)
    var dimensions = shape.dimensions
    dimensions[axis] = range.count
    let (block, stride) = (range.count * inner, shape[axis] * inner)
    return NDArray(Shape(dimensions)) { out in
      guard block > 0 else { return }
      withElements { a in
        for i in 0..<outer {
          (out.baseAddress! + i * block).initialize(
            from: a.baseAddress! + i * stride + range.lowerBound * inner, count: block)
        }
      }
    }
  }
}

extension Tensor {
  /// A range of one axis.
  ///
  /// - Precondition: The range lies inside the axis.
  public func slice(axis: Int, _ range: Range<Int>) -> Tensor {
    let axis = shape.resolve(axis, "slice")
    let after = shape[axis] - range.upperBound
    return Tensor(
      value.slice(axis: axis, range), "slice",
      from: .input(self) { pad($0, axis: axis, before: range.lowerBound, after: after) })
  }

  /// A range of the outermost axis.
  public func rows(_ range: Range<Int>) -> Tensor { slice(axis: 0, range) }
}

/// Returns the array with zeros before and after it along one axis.
///
/// - Precondition: Neither count is negative.
public func pad(_ x: NDArray, axis: Int, before: Int, after: Int) -> NDArray {
  let axis = x.shape.resolve(axis, "pad")
  require(before >= 0 && after >= 0, "pad: \(before) before and \(after) after are not both at least zero")
  let outer = x.shape.dimensions[..<axis].reduce(1, *), inner = x.shape.dimensions[(axis + 1)...].reduce(1, *)
  var dimensions = x.shape.dimensions
  dimensions[axis] += before + after
  let (block, stride) = (x.shape[axis] * inner, dimensions[axis] * inner)
  return NDArray(Shape(dimensions)) { out in
    out.initialize(repeating: 0)
    guard block > 0 else { return }
    x.withElements { x in
      for i in 0..<outer {
        (out.baseAddress! + i * stride + before * inner).update(from: x.baseAddress! + i * block, count: block)
      }
    }
  }
}

/// Returns the tensor with zeros before and after it along one axis.
///
/// - Precondition: Neither count is negative.
public func pad(_ x: Tensor, axis: Int, before: Int, after: Int) -> Tensor {
  let axis = x.shape.resolve(axis, "pad")
  let extent = x.shape[axis]
  return Tensor(
    pad(x.value, axis: axis, before: before, after: after), "pad",
    from: .input(x) { $0.slice(axis: axis, before..<before + extent) })
}
