internal import CStrataKernels

/// Returns the causal dilated convolution of sequences: each result sees its own step and earlier ones only.
///
/// - Parameters:
///   - x: Shape `[batch, time, inputs]`.
///   - weight: Shape `[tap, inputs, outputs]`; the last tap is the current step, the one before it lies `dilation`
///     steps back, and so on. Steps before the first are zero.
///   - bias: Shape `[outputs]`.
///   - dilation: The steps between taps.
/// - Returns: Shape `[batch, time, outputs]`.
/// - Complexity: O(batch · time · tap · inputs · outputs); one matrix product per sequence and tap, on shifted views of
///   `x`, so that nothing is unfolded.
///
/// Reference: van den Oord et al., "WaveNet: A Generative Model for Raw Audio", 2016.
public func causalConvolution(_ x: Tensor, weight: Tensor, bias: Tensor?, dilation: Int = 1) -> Tensor {
  let convolution = CausalConvolutionPlan(x.shape, weight.shape, bias?.shape, dilation)
  let (input, kernel) = (x.value, weight.value)
  let value = convolution.result(input, kernel, bias?.value)
  return Tensor(value, "causalConvolution", from: [x, weight] + (bias.map { [$0] } ?? [])) { upstream, wanted in
    [
      wanted[0] ? convolution.inputGradient(upstream, kernel) : nil,
      wanted[1] ? convolution.weightGradient(upstream, input) : nil,
    ] + wanted.dropFirst(2).map { $0 ? upstream.sum(over: [0, 1]) : nil }
  }
}

/// Returns the causal dilated convolution of sequences; see the differentiable form.
public func causalConvolution(_ x: NDArray, weight: NDArray, bias: NDArray?, dilation: Int = 1) -> NDArray {
  CausalConvolutionPlan(x.shape, weight.shape, bias?.shape, dilation).result(x, weight, bias)
}

private struct CausalConvolutionPlan: Sendable {
  let input: Shape, weight: Shape
  let dilation: Int
  var output: Shape { [input[0], input[1], weight[2]] }

  init(_ x: Shape, _ weight: Shape, _ bias: Shape?, _ dilation: Int) {
    require(
      x.rank == 3 && weight.rank == 3 && x[2] == weight[1] && weight[0] > 0,
      "causalConvolution: weight \(weight) does not fit input \(x)")
    require(
      bias == nil || bias == [weight[2]], "causalConvolution: bias \(bias ?? []) does not fit weight \(weight)")
    require(dilation > 0, "causalConvolution: dilation \(dilation) is not positive")
    (input, self.weight, self.dilation) = (x, weight, dilation)
  }

  private var extents: sk_convolution {
    sk_convolution(
      batch: input[0], time: input[1], inputs: input[2], outputs: weight[2], taps: weight[0], dilation: dilation)
  }

  func result(_ x: NDArray, _ weight: NDArray, _ bias: NDArray?) -> NDArray {
    NDArray(output) { out in
      guard out.count > 0 else { return }
      let scratch = ProductScratch(floats: self.weight[0] * self.weight[1] * roundedToPanel(self.weight[2]))
      withExtendedLifetime((x, weight, bias)) {
        kernels.convolution(out.baseAddress!, x.start, weight.start, bias?.start, extents, scratch.start)
      }
    }
  }

  func inputGradient(_ upstream: NDArray, _ weight: NDArray) -> NDArray {
    NDArray(input) { out in
      guard out.count > 0 else { return }
      guard weight.count > 0 else { return out.initialize(repeating: 0) }
      let scratch = ProductScratch(floats: self.weight[0] * self.weight[2] * roundedToPanel(self.weight[1]))
      withExtendedLifetime((upstream, weight)) {
        kernels.convolution_input_slope(out.baseAddress!, upstream.start, weight.start, extents, scratch.start)
      }
    }
  }

  func weightGradient(_ upstream: NDArray, _ x: NDArray) -> NDArray {
    NDArray(weight) { out in
      guard out.count > 0 else { return }
      guard x.count > 0 else { return out.initialize(repeating: 0) }
      let scratch = ProductScratch(columns: weight[2], inner: input[1])
      withExtendedLifetime((upstream, x)) {
        kernels.convolution_weight_slope(out.baseAddress!, upstream.start, x.start, extents, scratch.start)
      }
    }
  }
}
