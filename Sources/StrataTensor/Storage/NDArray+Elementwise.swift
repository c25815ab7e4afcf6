internal import CStrataKernels

extension NDArray {
  /// Applies a kernel to every element.
  func mapped(_ kernel: sk_map) -> NDArray {
    NDArray(shape) { out in
      guard out.count > 0 else { return }
      withElements { a in kernel(out.baseAddress!, a.baseAddress!, a.count) }
    }
  }

  /// This upstream gradient times a derivative that a kernel computes from `values`.
  func sloped(_ kernel: sk_slope, _ values: NDArray, _ operation: StaticString) -> NDArray {
    require(shape == values.shape, "\(operation): shapes \(shape) and \(values.shape) differ")
    return NDArray(shape) { out in
      guard out.count > 0 else { return }
      withElements { g in values.withElements { v in kernel(out.baseAddress!, g.baseAddress!, v.baseAddress!, g.count) }
      }
    }
  }

  /// `scale · x + shift`, element by element.
  func affine(_ scale: Float, _ shift: Float) -> NDArray {
    NDArray(shape) { out in
      guard out.count > 0 else { return }
      withElements { a in kernels.affine(out.baseAddress!, a.baseAddress!, scale, shift, a.count) }
    }
  }

  /// Combines two arrays whose shapes broadcast.
  func combined(with other: NDArray, _ operation: StaticString, _ kernel: sk_combine) -> NDArray {
    func operand(_ start: UnsafePointer<Float>, _ offset: Int, _ stride: (row: Int, column: Int)) -> sk_operand {
      sk_operand(start: start + offset, row: stride.row, column: stride.column)
    }
    if shape == other.shape {
      return NDArray(shape) { out in
        guard out.count > 0 else { return }
        withElements { a in
          other.withElements { b in
            kernel(
              out.baseAddress!, operand(a.baseAddress!, 0, (0, 1)), operand(b.baseAddress!, 0, (0, 1)), 1, out.count)
          }
        }
      }
    }
    let plan = BroadcastPlan(shape, other.shape, operation)
    return NDArray(plan.result) { out in
      withElements { a in
        other.withElements { b in
          plan.forEachBlock { block in
            kernel(
              out.baseAddress! + block.offset, operand(a.baseAddress!, block.leftOffset, block.left),
              operand(b.baseAddress!, block.rightOffset, block.right), block.rows, block.columns)
          }
        }
      }
    }
  }

  /// Applies `transform` to every element.
  @inline(__always)
  func mapped(_ transform: (Float) -> Float) -> NDArray {
    NDArray(shape) { out in
      withElements { a in for i in 0..<out.count { out[i] = transform(a[i]) } }
    }
  }

  /// Combines two arrays of the same shape, element by element.
  @inline(__always)
  func zipped(with other: NDArray, _ operation: StaticString, _ combine: (Float, Float) -> Float) -> NDArray {
    require(shape == other.shape, "\(operation): shapes \(shape) and \(other.shape) differ")
    return NDArray(shape) { out in
      withElements { a in other.withElements { b in for i in 0..<out.count { out[i] = combine(a[i], b[i]) } } }
    }
  }

  /// Combines two arrays whose shapes broadcast.
  @inline(__always)
  func broadcast(with other: NDArray, _ operation: StaticString, _ combine: (Float, Float) -> Float) -> NDArray {
    let plan = BroadcastPlan(shape, other.shape, operation)
    return NDArray(plan.result) { out in
      withElements { a in
        other.withElements { b in
          plan.forEachBlock { block in
            for row in 0..<block.rows {
              let o = block.offset + row * block.columns
              let l = block.leftOffset + row * block.left.row, r = block.rightOffset + row * block.right.row
              for column in 0..<block.columns {
                out[o + column] = combine(a[l + column * block.left.column], b[r + column * block.right.column])
              }
            }
          }
        }
      }
    }
  }

  /// Adds `other`, of the same shape, in place.
  mutating func accumulate(_ other: NDArray) {
    require(shape == other.shape, "accumulate: shapes \(shape) and \(other.shape) differ")
    guard count > 0 else { return }
    withMutableElements { a in other.withElements { b in kernels.axpy(a.baseAddress!, 1, b.baseAddress!, b.count) } }
  }

  /// The gradient of an operand of shape `target` that was broadcast to this array's shape: sums the repeated axes.
  func summed(to target: Shape) -> NDArray {
    if shape == target { return self }
    let missing = shape.rank - target.rank
    var axes = Array(0..<Swift.max(missing, 0))
    for axis in axes.count..<shape.rank where target[axis - missing] == 1 && shape[axis] != 1 { axes.append(axis) }
    return (axes.isEmpty ? self : sum(over: axes)).reshaped(target)
  }
}
