internal import CStrataKernels

/// Returns the hyperbolic tangent, element by element.
public func tanh(_ x: NDArray) -> NDArray { x.mapped(kernels.tanh) }

/// Returns the hyperbolic tangent, element by element.
public func tanh(_ x: Tensor) -> Tensor {
  let y = tanh(x.value)
  return Tensor(y, "tanh", from: .input(x) { $0.sloped(kernels.tanh_slope_of_value, y, "tanh") })
}

/// Returns `1 / (1 + exp(-x))`, element by element.
public func sigmoid(_ x: NDArray) -> NDArray { x.mapped(kernels.sigmoid) }

/// Returns `1 / (1 + exp(-x))`, element by element.
public func sigmoid(_ x: Tensor) -> Tensor {
  let y = sigmoid(x.value)
  return Tensor(y, "sigmoid", from: .input(x) { $0.sloped(kernels.sigmoid_slope_of_value, y, "sigmoid") })
}

/// Returns `log(1 + exp(x))`, element by element, without overflow.
public func softplus(_ x: NDArray) -> NDArray { x.mapped(kernels.softplus) }

/// Returns `log(1 + exp(x))`, element by element, without overflow.
public func softplus(_ x: Tensor) -> Tensor {
  let value = x.value
  return Tensor(softplus(value), "softplus", from: .input(x) { $0.sloped(kernels.softplus_slope, value, "softplus") })
}

/// Returns `max(x, 0)`, element by element; its derivative at zero is taken as zero.
public func relu(_ x: NDArray) -> NDArray { x.mapped(kernels.relu) }

/// Returns `max(x, 0)`, element by element; its derivative at zero is taken as zero.
public func relu(_ x: Tensor) -> Tensor {
  let y = relu(x.value)
  return Tensor(y, "relu", from: .input(x) { $0.sloped(kernels.relu_slope_of_value, y, "relu") })
}

/// Returns `x · sigmoid(x)`, element by element.
///
/// Reference: Elfwing, Uchibe and Doya, "Sigmoid-weighted linear units for neural network function approximation in
/// reinforcement learning", Neural Networks 107, 2018.
public func silu(_ x: NDArray) -> NDArray { x.mapped(kernels.silu) }

/// Returns `x · sigmoid(x)`, element by element.
public func silu(_ x: Tensor) -> Tensor {
  let value = x.value
  return Tensor(silu(value), "silu", from: .input(x) { $0.sloped(kernels.silu_slope, value, "silu") })
}
