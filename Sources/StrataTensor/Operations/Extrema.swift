internal import CStrataKernels

/// Returns the greater of two elements; shapes broadcast. Where they are equal, each receives half of the gradient.
public func maximum(_ a: Tensor, _ b: Tensor) -> Tensor {
  let (x, y) = (a.value, b.value)
  return Tensor(
    maximum(x, y), "maximum",
    from: .input(a) { ($0 * share(x, y)).summed(to: x.shape) }, .input(b) { ($0 * share(y, x)).summed(to: y.shape) })
}

/// Returns the lesser of two elements; shapes broadcast. Where they are equal, each receives half of the gradient.
public func minimum(_ a: Tensor, _ b: Tensor) -> Tensor {
  let (x, y) = (a.value, b.value)
  return Tensor(
    minimum(x, y), "minimum",
    from: .input(a) { ($0 * share(y, x)).summed(to: x.shape) }, .input(b) { ($0 * share(x, y)).summed(to: y.shape) })
}

/// Returns the greater of two elements; shapes broadcast.
public func maximum(_ a: NDArray, _ b: NDArray) -> NDArray { a.combined(with: b, "maximum", kernels.maximum) }

/// Returns the lesser of two elements; shapes broadcast.
public func minimum(_ a: NDArray, _ b: NDArray) -> NDArray { a.combined(with: b, "minimum", kernels.minimum) }

/// The part of the gradient that reaches the first of two operands whose greater element was taken.
private func share(_ a: NDArray, _ b: NDArray) -> NDArray {
  a.broadcast(with: b, "share") { $0 > $1 ? 1 : $0 == $1 ? 0.5 : 0 }
}
