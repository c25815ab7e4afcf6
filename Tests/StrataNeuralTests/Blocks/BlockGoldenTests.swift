import Foundation
import StrataNeural
import StrataTensor
import TestSupport
import Testing

@Suite struct BlockGoldenTests {
  var generator = Generator(seed: 3)
  let inference = ForwardContext.inference

  @Test mutating func linearMatchesPyTorch() throws {
    try expectGolden("linear", Linear(inputs: 3, outputs: 4, using: &generator)) { $0($1[0]) }
  }

  @Test mutating func perceptronMatchesPyTorch() throws {
    let block = MLP(inputs: 3, hidden: 5, outputs: 2, activation: .silu, using: &generator)
    try expectGolden("mlp", block) { $0($1[0]) }
  }

  @Test mutating func convolutionMatchesPyTorch() throws {
    let block = CausalConvolution(inputs: 2, outputs: 4, kernel: 3, dilation: 2, using: &generator)
    #expect(block.receptiveField == 5)
    try expectGolden("convolution", block) { $0($1[0]) }
  }

  @Test func normsMatchPyTorch() throws {
    try expectGolden("layerNorm", LayerNorm(width: 6)) { $0($1[0]) }
    try expectGolden("rmsNorm", RMSNorm(width: 6)) { $0($1[0]) }
    try expectGolden("instanceNorm", InstanceNorm(width: 3)) { $0($1[0]) }
  }

  @Test mutating func embeddingMatchesPyTorch() throws {
    try expectGolden("embedding", Embedding(count: 4, width: 3, using: &generator), inputs: []) { block, _ in
      block([1, 0, 1, 3, 1, 0], shape: [2, 3])
    }
  }

  @Test mutating func attentionMatchesPyTorch() throws {
    let block = MultiHeadAttention(width: 6, heads: 3, using: &generator)
    try expectGolden("attention", block) { $0($1[0]) }
    let causal = MultiHeadAttention(width: 6, heads: 3, causal: true, using: &generator)
    try expectGolden("causalAttention", causal) { $0($1[0]) }
    let turned = MultiHeadAttention(width: 8, heads: 2, position: RotaryEmbedding(), using: &generator)
    try expectGolden("rotaryAttention", turned) { $0($1[0]) }
  }

  @Test mutating func maskedAndCrossAttentionMatchPyTorch() throws {
    let goldens = try Goldens("blocks", in: .module)
    let mask = goldens.array("mask", of: "maskedAttention")
    let masked = MultiHeadAttention(width: 6, heads: 2, using: &generator)
    try expectGolden("maskedAttention", masked) { $0($1[0], keyMask: mask) }
    let crossing = MultiHeadAttention(width: 6, heads: 3, using: &generator)
    try expectGolden("crossAttention", crossing, inputs: ["x", "memory"]) {
      $0($1[0], attendingTo: $1[1], keyMask: mask)
    }
  }

  @Test mutating func transformerMatchesPyTorch() throws {
    let block = TransformerBlock(width: 8, heads: 4, hidden: 12, dropout: 0.5, using: &generator)
    try expectGolden("transformer", block) { [inference] block, x in
      var context = inference
      return block(x[0], in: &context)
    }
    let causal = TransformerBlock(
      width: 8, heads: 2, hidden: 12, position: RotaryEmbedding(), causal: true, using: &generator)
    try expectGolden("causalTransformer", causal) { [inference] block, x in
      var context = inference
      return block(x[0], in: &context)
    }
  }

  @Test mutating func temporalBlockMatchesPyTorch() throws {
    let block = TemporalBlock(width: 4, kernel: 3, dilation: 2, dropout: 0.5, using: &generator)
    #expect(block.receptiveField == 5)
    try expectGolden("temporal", block) { [inference] block, x in
      var context = inference
      return block(x[0], in: &context)
    }
  }

  @Test mutating func gatedRecurrentUnitMatchesPyTorch() throws {
    try expectGolden("gru", GRU(inputs: 3, width: 4, using: &generator)) { $0($1[0]) }
    let continued = GRU(inputs: 3, width: 4, using: &generator)
    try expectGolden("continuedGRU", continued, inputs: ["x", "initial"]) { $0($1[0], initial: $1[1]) }
  }
}
