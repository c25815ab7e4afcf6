import StrataNeural
import StrataTensor
import TestSupport
import Testing

@Suite struct ParameterTests {
  /// Expects a block to visit every tensor it stores, under stable and distinct names.
  private func expectVisits<Block: Module>(
    _ block: Block, _ names: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    var block = block
    var visited: [String] = []
    block.forEachParameter { name, _ in visited.append(name) }
    #expect(visited == names, sourceLocation: sourceLocation)
    #expect(visited.count == storedTensorCount(in: block), sourceLocation: sourceLocation)
    #expect(Set(visited).count == visited.count, sourceLocation: sourceLocation)
  }

  @Test func everyStoredTensorIsVisited() {
    var generator = Generator(seed: 1)
    let affine = ["weight", "bias"]
    let norm = ["scale", "shift"]
    expectVisits(Linear(inputs: 2, outputs: 3, using: &generator), affine)
    expectVisits(CausalConvolution(inputs: 2, outputs: 3, kernel: 2, using: &generator), affine)
    expectVisits(LayerNorm(width: 2), norm)
    expectVisits(InstanceNorm(width: 2), norm)
    expectVisits(RMSNorm(width: 2), ["scale"])
    expectVisits(Dropout(rate: 0.1), [])
    expectVisits(Embedding(count: 2, width: 3, using: &generator), ["table"])
    expectVisits(InfoNCE(), ["logTemperature"])
    expectVisits(
      MLP(inputs: 2, hidden: 3, outputs: 4, using: &generator),
      ["hidden.weight", "hidden.bias", "output.weight", "output.bias"])
    expectVisits(
      GRU(inputs: 2, width: 3, using: &generator), ["input.weight", "input.bias", "recurrent.weight", "recurrent.bias"])
    expectVisits(
      TemporalBlock(width: 2, using: &generator),
      ["norm.scale", "norm.shift", "convolution.weight", "convolution.bias"])
    expectVisits(
      MultiHeadAttention(width: 4, heads: 2, position: RotaryEmbedding(), using: &generator),
      ["qkv.weight", "qkv.bias", "projection.weight", "projection.bias"])
    expectVisits(
      TransformerBlock(width: 4, heads: 2, hidden: 6, using: &generator),
      [
        "attentionNorm.scale", "attentionNorm.shift", "attention.qkv.weight", "attention.qkv.bias",
        "attention.projection.weight", "attention.projection.bias", "feedForwardNorm.scale", "feedForwardNorm.shift",
        "feedForward.hidden.weight", "feedForward.hidden.bias", "feedForward.output.weight", "feedForward.output.bias",
      ])
  }

  @Test func equalGeneratorsGiveEqualBlocks() {
    func weights(seed: UInt64) -> [[Float]] {
      var generator = Generator(seed: seed)
      let block = TransformerBlock(width: 4, heads: 2, hidden: 6, using: &generator)
      return parameters(of: block).map(\.elements)
    }
    #expect(weights(seed: 5) == weights(seed: 5))
    #expect(weights(seed: 5) != weights(seed: 6))
  }
}
