import StrataTensor
import TestSupport
import Testing

/// The fused residual block against the operations it is made of.
@Suite struct ResidualConvolutionTests {
  private struct Block: Module {
    var x: Tensor, scale: Tensor, shift: Tensor, weight: Tensor, bias: Tensor

    init(batch: Int, time: Int, width: Int, taps: Int) {
      var generator = Generator(seed: UInt64(width + time))
      x = Tensor(generator.normalArray([batch, time, width]))
      scale = Tensor(generator.uniformArray([width], in: 0.5..<1.5))
      (shift, bias) = (Tensor(generator.normalArray([width])), Tensor(generator.normalArray([width])))
      weight = Tensor(generator.normalArray([taps, width, width]) * (1 / Float(taps * width).squareRoot()))
    }

    mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
      try visit("x", &x)
      try visit("scale", &scale)
      try visit("shift", &shift)
      try visit("weight", &weight)
      try visit("bias", &bias)
    }

    func fused(dilation: Int) -> Tensor {
      residualConvolution(
        x, scale: scale, shift: shift, weight: weight, bias: bias, dilation: dilation, epsilon: 1e-5)
    }

    func composed(dilation: Int) -> Tensor {
      let branch = layerNorm(x, scale: scale, shift: shift, epsilon: 1e-5)
      return x + gelu(causalConvolution(branch, weight: weight, bias: bias, dilation: dilation))
    }
  }

  @Test(arguments: [
    (1, 1, 1, 1, 1), (2, 7, 5, 3, 1), (3, 20, 16, 3, 2), (2, 33, 40, 2, 5), (2, 9, 64, 3, 8), (1, 300, 32, 3, 4),
  ])
  func valueAndGradientsEqualThoseOfItsParts(batch: Int, time: Int, width: Int, taps: Int, dilation: Int) {
    let block = Block(batch: batch, time: time, width: width, taps: taps)
    var generator = Generator(seed: 4)
    let weights = Tensor(generator.normalArray([batch, time, width]))
    expectClose(block.fused(dilation: dilation).value, block.composed(dilation: dilation).value, relative: 2e-6)
    let fused = valueAndGradient(at: block) { ($0.fused(dilation: dilation) * weights).sum() }.gradient
    let composed = valueAndGradient(at: block) { ($0.composed(dilation: dilation) * weights).sum() }.gradient
    for (one, other) in zip(parameters(of: fused), parameters(of: composed)) {
      let scale = other.elements.map(\.magnitude).max()!
      expectClose(one, other, relative: 1e-5, absolute: 1e-5 * max(scale, 1))
    }
  }

  @Test func theGradientIsThatOfFiniteDifferences() {
    expectGradient(of: { $0.fused(dilation: 2).sum() }, at: Block(batch: 2, time: 6, width: 5, taps: 3))
  }

  @Test func nothingGivesNothing() {
    let block = Block(batch: 0, time: 4, width: 3, taps: 2)
    #expect(block.fused(dilation: 1).shape == [0, 4, 3])
    let gradient = valueAndGradient(at: block) { $0.fused(dilation: 1).sum() }.gradient
    #expect(gradient.weight.value.elements.allSatisfy { $0 == 0 })
  }

  @Test func mistakesStop() async {
    let x = Tensor(NDArray([1, 4, 3], repeating: 0)), vector = Tensor(NDArray([3], repeating: 0))
    await #expect(processExitsWith: .failure) {
      let x = Tensor(NDArray([1, 4, 3], repeating: 0)), vector = Tensor(NDArray([3], repeating: 0))
      _ = residualConvolution(
        x, scale: vector, shift: vector, weight: Tensor(NDArray([2, 3, 4], repeating: 0)), bias: vector, dilation: 1,
        epsilon: 0)
    }
    #expect(
      residualConvolution(
        x, scale: vector, shift: vector, weight: Tensor(NDArray([2, 3, 3], repeating: 0)), bias: vector, dilation: 9,
        epsilon: 1
      ).value.elements == x.value.elements)
  }
}
