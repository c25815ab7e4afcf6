import StrataTensor
import TestSupport
import Testing

/// Fused residual blocks against the operations they are made of.
@Suite struct ResidualConvolutionsTests {
  private struct Blocks: Module {
    var x: Tensor
    var blocks: [ResidualConvolution] = []

    init(batch: Int, time: Int, width: Int, taps: Int, dilations: [Int]) {
      var generator = Generator(seed: UInt64(width + time))
      x = Tensor(generator.normalArray([batch, time, width]))
      for dilation in dilations {
        let weight = generator.normalArray([taps, width, width]) * (1 / Float(taps * width).squareRoot())
        blocks.append(
          ResidualConvolution(
            scale: Tensor(generator.uniformArray([width], in: 0.5..<1.5)),
            shift: Tensor(generator.normalArray([width])),
            weight: Tensor(weight), bias: Tensor(generator.normalArray([width])), dilation: dilation, epsilon: 1e-5))
      }
    }

    mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
      try visit("x", &x)
      for index in blocks.indices {
        try visit("scale", &blocks[index].scale)
        try visit("shift", &blocks[index].shift)
        try visit("weight", &blocks[index].weight)
        try visit("bias", &blocks[index].bias)
      }
    }

    func fused(_ precision: ProductPrecision = .fp32) -> Tensor {
      residualConvolutions(x, blocks, precision: precision)
    }

    func composed() -> Tensor {
      blocks.reduce(x) { x, block in
        let branch = layerNorm(x, scale: block.scale, shift: block.shift, epsilon: block.epsilon)
        return x + gelu(causalConvolution(branch, weight: block.weight, bias: block.bias, dilation: block.dilation))
      }
    }
  }

  @Test(arguments: [
    (1, 1, 1, 1, [1]), (2, 7, 5, 3, [1]), (3, 20, 16, 3, [1, 2, 4]), (2, 33, 40, 2, [5, 1]), (2, 9, 64, 3, [8, 2]),
    (1, 300, 32, 3, [4, 4]), (2, 5, 6, 4, [2, 7, 1]),
  ])
  func valueAndGradientsEqualThoseOfItsParts(batch: Int, time: Int, width: Int, taps: Int, dilations: [Int]) {
    let blocks = Blocks(batch: batch, time: time, width: width, taps: taps, dilations: dilations)
    expectSame({ $0.fused() }, as: { $0.composed() }, at: blocks, x: blocks.x, tolerance: 3e-6)
  }

  @Test func theGradientIsThatOfFiniteDifferences() {
    expectGradient(of: { $0.fused().sum() }, at: Blocks(batch: 2, time: 6, width: 5, taps: 3, dilations: [2, 1]))
  }

  @Test func roundedProductsAreNearAndNotTheSame() {
    let blocks = Blocks(batch: 3, time: 37, width: 32, taps: 3, dilations: [1, 2, 4])
    expectNear({ $0.fused(.bf16) }, to: { $0.fused() }, at: blocks, x: blocks.x)
  }

  @Test func nothingGivesNothing() {
    let blocks = Blocks(batch: 0, time: 4, width: 3, taps: 2, dilations: [1, 2])
    #expect(blocks.fused().shape == [0, 4, 3])
    let gradient = valueAndGradient(at: blocks) { $0.fused().sum() }.gradient
    #expect(gradient.blocks[1].weight.value.elements.allSatisfy { $0 == 0 })
  }

  @Test func aConvolutionBeyondTheSequenceSeesItsOwnStepOnly() {
    var blocks = Blocks(batch: 1, time: 4, width: 3, taps: 2, dilations: [1])
    let near = blocks.fused().value
    blocks.blocks[0].dilation = 9
    let far = blocks.fused().value
    #expect(far.slice(axis: 1, 0..<1).elements == near.slice(axis: 1, 0..<1).elements)
    expectClose(far, blocks.composed().value, relative: 3e-6, absolute: 3e-6)
  }

  @Test func aWeightThatDoesNotFitStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (x, vector) = (Tensor(NDArray([1, 4, 3], repeating: 0)), Tensor(NDArray([3], repeating: 0)))
      let block = ResidualConvolution(
        scale: vector, shift: vector, weight: Tensor(NDArray([2, 3, 4], repeating: 0)), bias: vector, dilation: 1,
        epsilon: 0)
      _ = residualConvolutions(x, [block])
    }
    expectMessage("residualConvolutions: weight [2, 3, 4] does not fit input [1, 4, 3]", from: result)
  }
}
