public import StrataTensor

/// A gated recurrent unit over time.
///
/// With `σ` the logistic function and `⊙` the element-wise product,
/// `r = σ(xWᵣ + hUᵣ)`, `z = σ(xW_z + hU_z)`, `n = tanh(xWₙ + r ⊙ hUₙ)` and `h′ = (1 − z) ⊙ n + z ⊙ h`; every product
/// has a bias of its own.
///
/// Reference: Cho et al., "Learning Phrase Representations using RNN Encoder–Decoder", EMNLP 2014, with the reset gate
/// behind the recurrent product, as cuDNN and PyTorch have it.
public struct GRU: Module {
  /// From the input to the gates `r`, `z`, `n`, in this order along the outputs.
  public var input: Linear
  /// From the state to the gates, in the same order.
  public var recurrent: Linear

  /// Creates a unit with `width` elements of state.
  public init(inputs: Int, width: Int, using generator: inout Generator) {
    input = Linear(inputs: inputs, outputs: 3 * width, using: &generator)
    recurrent = Linear(inputs: width, outputs: 3 * width, using: &generator)
  }

  /// Runs over a sequence.
  ///
  /// - Parameters:
  ///   - x: A tensor of shape `[batch, time, inputs]`.
  ///   - initial: The state before the first step, `[batch, width]`; zero when it is `nil`.
  /// - Returns: The state after every step, `[batch, time, width]`.
  /// - Complexity: `time` matrix products of `[batch, width]` by `[width, 3·width]`, one after the other.
  public func callAsFunction(_ x: Tensor, initial: Tensor? = nil) -> Tensor {
    require(x.shape.rank == 3, "GRU: the input has shape \(x.shape), expected [batch, time, inputs]")
    let initial = initial ?? Tensor(NDArray([x.shape[0], recurrent.weight.shape[0]], repeating: 0))
    return gatedRecurrence(input(x), weight: recurrent.weight, bias: recurrent.biasOrZeros, initial: initial)
  }

  public mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    try input.forEachParameter(in: "input", visit)
    try recurrent.forEachParameter(in: "recurrent", visit)
  }
}
