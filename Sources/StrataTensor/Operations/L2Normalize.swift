/// Returns each vector of the last axis divided by its Euclidean norm, or by `epsilon` where the norm is smaller.
public func l2Normalize(_ x: Tensor, epsilon: Float = 1e-12) -> Tensor {
  let norm = rowNorm(x.value)
  let y = x.value / norm.mapped { max($0, epsilon) }
  return Tensor(
    y, "l2Normalize",
    from: .input(x) { upstream in
      let along = (upstream * y).sum(over: [-1], keepingAxes: true) * norm.isGreater(than: epsilon)
      return (upstream - y * along) / norm.mapped { max($0, epsilon) }
    })
}

/// Returns each vector of the last axis divided by its Euclidean norm, or by `epsilon` where the norm is smaller.
public func l2Normalize(_ x: NDArray, epsilon: Float = 1e-12) -> NDArray {
  x / rowNorm(x).mapped { max($0, epsilon) }
}

private func rowNorm(_ x: NDArray) -> NDArray { sqrt(square(x).sum(over: [-1], keepingAxes: true)) }
