internal import CStrataKernels

/// Returns eˣ, element by element.
public func exp(_ x: NDArray) -> NDArray { x.mapped(kernels.exp) }

/// Returns eˣ, element by element.
public func exp(_ x: Tensor) -> Tensor {
  let y = exp(x.value)
  return Tensor(y, "exp", from: .input(x) { $0 * y })
}

/// Returns the natural logarithm, element by element; minus infinity at zero and not a number below.
public func log(_ x: NDArray) -> NDArray { x.mapped(kernels.log) }

/// Returns the natural logarithm, element by element; minus infinity at zero and not a number below.
public func log(_ x: Tensor) -> Tensor {
  let value = x.value
  return Tensor(log(value), "log", from: .input(x) { $0 / value })
}

/// Returns the square root, element by element; its derivative at zero is infinite.
public func sqrt(_ x: NDArray) -> NDArray { x.mapped { $0.squareRoot() } }

/// Returns the square root, element by element; its derivative at zero is infinite.
public func sqrt(_ x: Tensor) -> Tensor {
  let y = sqrt(x.value)
  return Tensor(y, "sqrt", from: .input(x) { $0.zipped(with: y, "sqrt") { $0 / (2 * $1) } })
}

/// Returns x², element by element.
public func square(_ x: NDArray) -> NDArray { x.mapped { $0 * $0 } }

/// Returns x², element by element.
public func square(_ x: Tensor) -> Tensor {
  let value = x.value
  return Tensor(square(value), "square", from: .input(x) { $0.zipped(with: value, "square") { 2 * $0 * $1 } })
}

/// Returns |x|, element by element.
public func abs(_ x: NDArray) -> NDArray { x.mapped { $0.magnitude } }

/// Returns |x|, element by element; its derivative at zero is taken as zero.
public func abs(_ x: Tensor) -> Tensor {
  let value = x.value
  return Tensor(
    abs(value), "abs",
    from: .input(x) { $0.zipped(with: value, "abs") { $1 > 0 ? $0 : $1 < 0 ? -$0 : 0 } })
}
