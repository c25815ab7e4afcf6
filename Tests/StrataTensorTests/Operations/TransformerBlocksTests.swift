import StrataTensor
import TestSupport
import Testing

/// Fused transformer blocks against the operations they are made of.
@Suite struct TransformerBlocksTests {
  struct Case: Sendable {
    var batch: Int, time: Int, width: Int, heads: Int, hidden: [Int]
    var causal = false, rotary = false, masked = false
  }

  private struct Blocks: Module {
    var x: Tensor
    var blocks: [ResidualAttention] = []
    var keyMask: NDArray?

    init(_ sizes: Case) {
      var generator = Generator(seed: UInt64(sizes.width + sizes.time))
      let width = sizes.width
      x = Tensor(generator.normalArray([sizes.batch, sizes.time, width]))
      func map(_ inputs: Int, _ outputs: Int) -> ResidualAttention.Map {
        ResidualAttention.Map(
          weight: Tensor(generator.normalArray([inputs, outputs]) * (1 / Float(inputs).squareRoot())),
          bias: Tensor(generator.normalArray([outputs])))
      }
      func norm() -> ResidualAttention.Norm {
        ResidualAttention.Norm(
          scale: Tensor(generator.uniformArray([width], in: 0.5..<1.5)), shift: Tensor(generator.normalArray([width])),
          epsilon: 1e-5)
      }
      for hidden in sizes.hidden {
        blocks.append(
          ResidualAttention(
            attentionNorm: norm(), qkv: map(width, 3 * width), projection: map(width, width), feedForwardNorm: norm(),
            hidden: map(width, hidden), output: map(hidden, width), heads: sizes.heads, causal: sizes.causal,
            turns: sizes.rotary
              ? pairTurns(length: sizes.time, headWidth: width / sizes.heads, base: 100) : nil))
      }
      if sizes.masked {
        let draws = generator.uniformArray([sizes.batch, sizes.time], in: 0..<1).elements
        keyMask = NDArray([sizes.batch, sizes.time], draws.map { $0 < 0.6 ? 1 : 0 })
      }
    }

    mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
      try visit("x", &x)
      for index in blocks.indices {
        try visit("attentionNorm.scale", &blocks[index].attentionNorm.scale)
        try visit("attentionNorm.shift", &blocks[index].attentionNorm.shift)
        try visit("qkv.weight", &blocks[index].qkv.weight)
        try visit("qkv.bias", &blocks[index].qkv.bias)
        try visit("projection.weight", &blocks[index].projection.weight)
        try visit("projection.bias", &blocks[index].projection.bias)
        try visit("feedForwardNorm.scale", &blocks[index].feedForwardNorm.scale)
        try visit("feedForwardNorm.shift", &blocks[index].feedForwardNorm.shift)
        try visit("hidden.weight", &blocks[index].hidden.weight)
        try visit("hidden.bias", &blocks[index].hidden.bias)
        try visit("output.weight", &blocks[index].output.weight)
        try visit("output.bias", &blocks[index].output.bias)
      }
    }

    func fused(_ precision: ProductPrecision = .fp32) -> Tensor {
      transformerBlocks(x, blocks, keyMask: keyMask, precision: precision)
    }

    func composed() -> Tensor {
      func normed(_ x: Tensor, _ norm: ResidualAttention.Norm) -> Tensor {
        layerNorm(x, scale: norm.scale, shift: norm.shift, epsilon: norm.epsilon)
      }
      func mapped(_ x: Tensor, _ map: ResidualAttention.Map) -> Tensor {
        affine(x, weight: map.weight, bias: map.bias)
      }
      return blocks.reduce(x) { x, block in
        let width = x.shape[2], qkv = mapped(normed(x, block.attentionNorm), block.qkv)
        var (query, key) = (qkv.slice(axis: 2, 0..<width), qkv.slice(axis: 2, width..<2 * width))
        if let turns = block.turns { (query, key) = (turnedPairs(query, by: turns), turnedPairs(key, by: turns)) }
        let attended = attention(
          query: query, key: key, value: qkv.slice(axis: 2, 2 * width..<3 * width), heads: block.heads,
          causal: block.causal, keyMask: keyMask)
        let middle = x + mapped(attended, block.projection)
        return middle + mapped(gelu(mapped(normed(middle, block.feedForwardNorm), block.hidden)), block.output)
      }
    }
  }

  @Test(arguments: [
    Case(batch: 1, time: 1, width: 2, heads: 1, hidden: [3]),
    Case(batch: 3, time: 5, width: 12, heads: 3, hidden: [20, 7]),
    Case(batch: 40, time: 5, width: 32, heads: 4, hidden: [64], masked: true),
    Case(batch: 2, time: 130, width: 16, heads: 2, hidden: [24], causal: true),
    Case(batch: 2, time: 33, width: 24, heads: 3, hidden: [40, 40], causal: true, rotary: true, masked: true),
    Case(batch: 1, time: 20, width: 256, heads: 8, hidden: [300], rotary: true),
  ])
  func valueAndGradientsEqualThoseOfItsParts(sizes: Case) {
    let blocks = Blocks(sizes)
    expectSame({ $0.fused() }, as: { $0.composed() }, at: blocks, x: blocks.x, tolerance: 5e-6)
  }

  @Test func theGradientIsThatOfFiniteDifferences() {
    let sizes = Case(batch: 2, time: 4, width: 4, heads: 2, hidden: [5], causal: true, rotary: true)
    expectGradient(of: { $0.fused().sum() }, at: Blocks(sizes))
  }

  @Test func roundedProductsAreNearAndNotTheSame() {
    let blocks = Blocks(Case(batch: 3, time: 37, width: 32, heads: 2, hidden: [48, 48], causal: true))
    expectNear({ $0.fused(.bf16) }, to: { $0.fused() }, at: blocks, x: blocks.x)
  }

  @Test func nothingGivesNothing() {
    let blocks = Blocks(Case(batch: 0, time: 4, width: 4, heads: 2, hidden: [6, 6]))
    #expect(blocks.fused().shape == [0, 4, 4])
    let gradient = valueAndGradient(at: blocks) { $0.fused().sum() }.gradient
    #expect(gradient.blocks[1].hidden.weight.value.elements.allSatisfy { $0 == 0 })
  }

  @Test func aSequenceDoesNotDependOnItsNeighbours() {
    let blocks = Blocks(Case(batch: 37, time: 9, width: 8, heads: 2, hidden: [16]))
    var alone = blocks
    alone.x = blocks.x.slice(axis: 0, 30..<31)
    #expect(alone.fused().value.elements == blocks.fused().value.slice(axis: 0, 30..<31).elements)
  }

  @Test func aWeightThatDoesNotFitStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var blocks = Blocks(Case(batch: 1, time: 2, width: 4, heads: 2, hidden: [6]))
      blocks.blocks[0].output.weight = Tensor(NDArray([5, 4], repeating: 0))
      _ = blocks.fused()
    }
    expectMessage("transformerBlocks: output weight [5, 4] does not fit input [1, 2, 4]", from: result)
  }
}
