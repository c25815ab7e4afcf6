internal import CStrataKernels

/// Returns `exp(x) / Σ exp(x)` along the last axis; zeros where every element is minus infinity.
public func softmax(_ x: NDArray) -> NDArray {
  x.mappingRows("softmax", kernels.softmax)
}

/// Returns `exp(x) / Σ exp(x)` along the last axis; zeros where every element is minus infinity.
public func softmax(_ x: Tensor) -> Tensor {
  let y = softmax(x.value)
  return Tensor(y, "softmax", from: .input(x) { $0.slopedByRows(kernels.softmax_slope, y) })
}

/// Returns `x - log Σ exp(x)` along the last axis.
public func logSoftmax(_ x: NDArray) -> NDArray { x.mappingRows("logSoftmax", kernels.log_softmax) }

/// Returns `x - log Σ exp(x)` along the last axis.
public func logSoftmax(_ x: Tensor) -> Tensor {
  let y = logSoftmax(x.value)
  return Tensor(y, "logSoftmax", from: .input(x) { $0.slopedByRows(kernels.log_softmax_slope, y) })
}

/// Returns `log Σ exp(x)` along the last axis, which the result lacks; a vector gives shape `[1]`.
public func logSumExp(_ x: NDArray) -> NDArray {
  let plan = ReductionPlan(x.shape, over: [-1], keepingAxes: false, "logSumExp")
  return NDArray(plan.result) { out in
    guard out.count > 0 else { return }
    guard x.count > 0 else { return out.initialize(repeating: -.infinity) }
    x.withElements { kernels.log_sum_exp(out.baseAddress!, $0.baseAddress!, plan.outer, plan.reduced) }
  }
}

/// Returns `log Σ exp(x)` along the last axis, which the result lacks; a vector gives shape `[1]`.
public func logSumExp(_ x: Tensor) -> Tensor {
  let value = x.value
  return Tensor(
    logSumExp(value), "logSumExp",
    from: .input(x) { $0.reshaped(Shape(value.shape.dimensions.dropLast() + [1])) * softmax(value) })
}

extension NDArray {
  /// Applies a kernel to the rows along the last axis.
  fileprivate func mappingRows(
    _ operation: StaticString,
    _ kernel: (UnsafeMutablePointer<Float>, UnsafePointer<Float>, Int, Int) -> Void
  ) -> NDArray {
    require(shape.rank > 0, "\(operation): shape \(shape) has no last axis")
    return NDArray(shape) { out in
      guard out.count > 0 else { return }
      withElements { kernel(out.baseAddress!, $0.baseAddress!, shape.rowCount, shape.last) }
    }
  }

  /// Turns this upstream gradient into that of the argument, by a kernel that sees the rows of the result.
  fileprivate func slopedByRows(
    _ kernel: (UnsafeMutablePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, Int, Int) -> Void,
    _ result: NDArray
  ) -> NDArray {
    NDArray(shape) { out in
      guard out.count > 0 else { return }
      withElements { g in
        result.withElements { kernel(out.baseAddress!, g.baseAddress!, $0.baseAddress!, shape.rowCount, shape.last) }
      }
    }
  }
}
