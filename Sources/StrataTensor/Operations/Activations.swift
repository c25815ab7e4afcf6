#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Returns the hyperbolic tangent, element by element.
public func tanh(_ x: NDArray) -> NDArray { x.mapped { tanh($0) } }

/// Returns the hyperbolic tangent, element by element.
public func tanh(_ x: Tensor) -> Tensor {
  let y = tanh(x.value)
  return Tensor(y, "tanh", from: .input(x) { $0.zipped(with: y, "tanh") { $0 * (1 - $1 * $1) } })
}

/// Returns `1 / (1 + exp(-x))`, element by element.
public func sigmoid(_ x: NDArray) -> NDArray { x.mapped { 1 / (1 + exp(-$0)) } }

/// Returns `1 / (1 + exp(-x))`, element by element.
public func sigmoid(_ x: Tensor) -> Tensor {
  let y = sigmoid(x.value)
  return Tensor(y, "sigmoid", from: .input(x) { $0.zipped(with: y, "sigmoid") { $0 * $1 * (1 - $1) } })
}

/// Returns `log(1 + exp(x))`, element by element, without overflow.
public func softplus(_ x: NDArray) -> NDArray { x.mapped { ($0 > 0 ? $0 : 0) + log1p(exp(-$0.magnitude)) } }

/// Returns `log(1 + exp(x))`, element by element, without overflow.
public func softplus(_ x: Tensor) -> Tensor {
  let value = x.value
  return Tensor(softplus(value), "softplus", from: .input(x) { $0 * sigmoid(value) })
}

/// Returns `max(x, 0)`, element by element; its derivative at zero is taken as zero.
public func relu(_ x: NDArray) -> NDArray { x.mapped { $0 > 0 ? $0 : 0 } }

/// Returns `max(x, 0)`, element by element; its derivative at zero is taken as zero.
public func relu(_ x: Tensor) -> Tensor {
  let y = relu(x.value)
  return Tensor(y, "relu", from: .input(x) { $0.zipped(with: y, "relu") { $1 > 0 ? $0 : 0 } })
}

/// Returns `x · sigmoid(x)`, element by element.
///
/// Reference: Elfwing, Uchibe and Doya, "Sigmoid-weighted linear units for neural network function approximation in
/// reinforcement learning", Neural Networks 107, 2018.
public func silu(_ x: NDArray) -> NDArray { x.mapped { $0 / (1 + exp(-$0)) } }

/// Returns `x · sigmoid(x)`, element by element.
public func silu(_ x: Tensor) -> Tensor {
  let value = x.value
  return Tensor(
    silu(value), "silu",
    from: .input(x) { upstream in
      upstream.zipped(with: value, "silu") { g, x in
        let s = 1 / (1 + exp(-x))
        return g * s * (1 + x * (1 - s))
      }
    })
}
