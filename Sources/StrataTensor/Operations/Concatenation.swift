/// Returns the arrays one after another along one axis.
///
/// - Precondition: There is at least one array, and the shapes agree on every other axis.
public func concatenate(_ arrays: [NDArray], axis: Int) -> NDArray {
  require(!arrays.isEmpty, "concatenate: no arrays")
  let first = arrays[0].shape
  let axis = first.resolve(axis, "concatenate")
  var dimensions = first.dimensions
  dimensions[axis] = 0
  for array in arrays {
    require(
      array.shape.rank == first.rank
        && first.dimensions.indices.allSatisfy { $0 == axis || first[$0] == array.shape[$0] },
      "concatenate: shapes \(first) and \(array.shape) differ outside axis \(axis)")
    dimensions[axis] += array.shape[axis]
  }
  let outer = first.dimensions[..<axis].reduce(1, *), inner = first.dimensions[(axis + 1)...].reduce(1, *)
  let stride = dimensions[axis] * inner
  return NDArray(Shape(dimensions)) { out in
    var start = 0
    for array in arrays where array.count > 0 {
      let block = array.shape[axis] * inner
      array.withElements { a in
        for i in 0..<outer {
          (out.baseAddress! + i * stride + start).initialize(from: a.baseAddress! + i * block, count: block)
        }
      }
      start += block
    }
  }
}

/// Returns the tensors one after another along one axis.
///
/// - Precondition: There is at least one tensor, and the shapes agree on every other axis.
public func concatenate(_ tensors: [Tensor], axis: Int) -> Tensor {
  let value = concatenate(tensors.map(\.value), axis: axis)
  let axis = value.shape.resolve(axis, "concatenate")
  let extents = tensors.map { $0.shape[axis] }
  return Tensor(value, "concatenate", from: tensors) { upstream, wanted in
    var start = 0
    return zip(extents, wanted).map { extent, wanted in
      defer { start += extent }
      return wanted ? upstream.slice(axis: axis, start..<start + extent) : nil
    }
  }
}

/// Returns arrays of one shape along a new axis.
///
/// - Precondition: There is at least one array, and all shapes are equal.
public func stack(_ arrays: [NDArray], axis: Int) -> NDArray {
  concatenate(arrays.map { $0.reshaped(stackedShape($0.shape, arrays[0].shape, axis)) }, axis: axis)
}

/// Returns tensors of one shape along a new axis.
///
/// - Precondition: There is at least one tensor, and all shapes are equal.
public func stack(_ tensors: [Tensor], axis: Int) -> Tensor {
  concatenate(tensors.map { $0.reshaped(stackedShape($0.shape, tensors[0].shape, axis)) }, axis: axis)
}

private func stackedShape(_ shape: Shape, _ first: Shape, _ axis: Int) -> Shape {
  require(shape == first, "stack: shapes \(first) and \(shape) differ")
  let place = axis < 0 ? axis + shape.rank + 1 : axis
  require(place >= 0 && place <= shape.rank, "stack: axis \(axis) does not exist above \(shape)")
  return Shape(shape.dimensions[..<place] + [1] + shape.dimensions[place...])
}
