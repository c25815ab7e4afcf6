#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Returns `exp(x) / Σ exp(x)` along the last axis.
public func softmax(_ x: NDArray) -> NDArray { exp(logSoftmax(x)) }

/// Returns `exp(x) / Σ exp(x)` along the last axis.
public func softmax(_ x: Tensor) -> Tensor {
  let y = softmax(x.value)
  return Tensor(
    y, "softmax",
    from: .input(x) { upstream in y * (upstream - (upstream * y).sum(over: [-1], keepingAxes: true)) })
}

/// Returns `x - log Σ exp(x)` along the last axis.
public func logSoftmax(_ x: NDArray) -> NDArray { x - logSumExpRows(x).reshaped(keptShape(x)) }

/// Returns `x - log Σ exp(x)` along the last axis.
public func logSoftmax(_ x: Tensor) -> Tensor {
  let y = logSoftmax(x.value)
  return Tensor(
    y, "logSoftmax",
    from: .input(x) { upstream in upstream - exp(y) * upstream.sum(over: [-1], keepingAxes: true) })
}

/// Returns `log Σ exp(x)` along the last axis, which the result lacks; a vector gives shape `[1]`.
public func logSumExp(_ x: NDArray) -> NDArray { logSumExpRows(x) }

/// Returns `log Σ exp(x)` along the last axis, which the result lacks; a vector gives shape `[1]`.
public func logSumExp(_ x: Tensor) -> Tensor {
  let value = x.value
  return Tensor(
    logSumExp(value), "logSumExp",
    from: .input(x) { upstream in softmax(value) * upstream.reshaped(keptShape(value)) })
}

private func keptShape(_ x: NDArray) -> Shape { Shape(x.shape.dimensions.dropLast() + [1]) }

private func logSumExpRows(_ x: NDArray) -> NDArray {
  require(x.shape.rank > 0, "softmax: shape \(x.shape) has no last axis")
  let width = x.shape.last
  let result = x.shape.rank == 1 ? Shape([1]) : Shape(Array(x.shape.dimensions.dropLast()))
  return NDArray(result) { out in
    x.withElements { x in
      for row in 0..<out.count {
        let row = row * width..<(row + 1) * width
        let greatest = x[row].max() ?? -.infinity
        let shift = greatest.isFinite ? greatest : 0
        var total = 0.0
        for i in row { total += Double(exp(x[i] - shift)) }
        out[row.lowerBound / max(width, 1)] = shift + Float(log(total))
      }
    }
  }
}
