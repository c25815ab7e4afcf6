import StrataTensor

/// The recurrence of a gated recurrent unit as one operation.
///
/// As many small operations it would cost time squared: the gradient of each step's slice is as long as the sequence.
///
/// - Parameters:
///   - inputs: What the input adds to the gates `r`, `z`, `n`: shape `[batch, time, 3·width]`.
///   - weight: From state to gates: shape `[width, 3·width]`.
///   - bias: Added to the recurrent product: shape `[3·width]`.
///   - initial: The state before the first step: shape `[batch, width]`.
/// - Returns: The state after every step, `[batch, time, width]`.
func gatedRecurrence(_ inputs: Tensor, weight: Tensor, bias: Tensor, initial: Tensor) -> Tensor {
  require(
    inputs.shape.last == 3 * weight.shape[0] && initial.shape == [inputs.shape[0], weight.shape[0]],
    "gatedRecurrence: inputs \(inputs.shape) and initial state \(initial.shape) do not fit a weight \(weight.shape)")
  let drive = inputs.value.transposed(1, 0, 2)
  var (state, steps, states) = (initial.value, [GatedStep](), [NDArray]())
  for time in 0..<drive.shape[0] {
    let step = GatedStep(drive.step(time), matmul(state, weight.value) + bias.value, from: state)
    state = step.result
    steps.append(step)
    states.append(state)
  }
  return Tensor(
    stack(states, axis: 1), "gatedRecurrence", from: [inputs, weight, bias, initial]
  ) { [steps, weight = weight.value] upstream, _ in
    gradients(through: steps, weight: weight, upstream: upstream.transposed(1, 0, 2))
  }
}

/// Back-propagates through time; returns the gradients of inputs, weight, bias and initial state.
private func gradients(through steps: [GatedStep], weight: NDArray, upstream: NDArray) -> [NDArray?] {
  var carry = NDArray([upstream.shape[1], weight.shape[0]], repeating: 0)
  var weightGradient = NDArray(weight.shape, repeating: 0)
  var biasGradient = NDArray([weight.shape[1]], repeating: 0)
  var driveGradients: [NDArray] = []
  for (time, step) in steps.enumerated().reversed() {
    let slope = upstream.step(time) + carry
    let toCandidate = slope * (1 - step.update) * (1 - square(step.candidate))
    let toUpdate = slope * (step.previous - step.candidate) * step.update * (1 - step.update)
    let toReset = toCandidate * step.recurrentCandidate * step.reset * (1 - step.reset)
    driveGradients.append(concatenate([toReset, toUpdate, toCandidate], axis: 1))
    let recurrent = concatenate([toReset, toUpdate, toCandidate * step.reset], axis: 1)
    weightGradient = weightGradient + matmul(step.previous, recurrent, transposeA: true)
    biasGradient = biasGradient + recurrent.sum(over: [0])
    carry = slope * step.update + matmul(recurrent, weight, transposeB: true)
  }
  return [stack(driveGradients.reversed(), axis: 1), weightGradient, biasGradient, carry]
}

/// One step of the recurrence, every array `[batch, width]`.
private struct GatedStep: Sendable {
  let previous: NDArray, reset: NDArray, update: NDArray, candidate: NDArray
  /// The recurrent part of the candidate, before the reset gate.
  let recurrentCandidate: NDArray

  init(_ drive: NDArray, _ recurrent: NDArray, from previous: NDArray) {
    let width = previous.shape.last
    let gates = sigmoid(
      drive.slice(axis: 1, 0..<2 * width) + recurrent.slice(axis: 1, 0..<2 * width))
    self.previous = previous
    reset = gates.slice(axis: 1, 0..<width)
    update = gates.slice(axis: 1, width..<2 * width)
    recurrentCandidate = recurrent.slice(axis: 1, 2 * width..<3 * width)
    candidate = tanh(drive.slice(axis: 1, 2 * width..<3 * width) + reset * recurrentCandidate)
  }

  var result: NDArray { candidate + update * (previous - candidate) }
}

extension NDArray {
  /// One entry of the outermost axis, without that axis; shares storage.
  fileprivate func step(_ index: Int) -> NDArray {
    rows(index..<index + 1).reshaped(Shape(Array(shape.dimensions.dropFirst())))
  }
}
