import StrataInference
import StrataModel
import StrataTelemetry
import StrataTensor
import Testing

@Suite struct FrozenModelTests {
  private static let transformer = PatchTransformerConfiguration(width: 24, depth: 2, heads: 3, hidden: 40)

  static let encoders: [EncoderConfiguration] = {
    var (patched, rotary, causal) = (transformer, transformer, transformer)
    patched.patch = 4
    (rotary.positions, rotary.patch) = (.rotary, 2)
    (causal.causal, causal.heads) = (true, 2)
    return [
      .temporalConvolution(TemporalConvolutionConfiguration(width: 20, depth: 3)),
      .temporalConvolution(TemporalConvolutionConfiguration(width: 33, depth: 5, kernel: 2)),
      .temporalConvolution(TemporalConvolutionConfiguration(width: 7, depth: 0)),
      .patchTransformer(transformer), .patchTransformer(patched), .patchTransformer(rotary), .patchTransformer(causal),
    ]
  }()

  static let fusions: [FusionConfiguration] = [
    .late, .gated(GatedFusionConfiguration()), .gated(GatedFusionConfiguration(gates: .sigmoid)),
    .bottleneck(AttentionFusionConfiguration(heads: 2, hidden: 17)),
    .crossAttention(AttentionFusionConfiguration(heads: 3, hidden: 17)),
  ]

  static let decoders: [DecoderConfiguration] = [
    DecoderConfiguration(), DecoderConfiguration(context: .joint), DecoderConfiguration(context: .layer, hidden: 11),
    DecoderConfiguration(
      context: .joint, hidden: 11, bottleneck: 5, logVariance: .init(minimum: -4, maximum: 3)),
  ]

  private func expectSame(_ model: JointModel, _ batch: WindowBatch, _ note: String) throws {
    let expected = reference(model, batch)
    let output = try FrozenModel(model).embed(batch)
    let (joint, scores) = (output.joint.elements, output.scores.elements)
    #expect(joint.distance(to: expected.joint) < 2e-5, "\(note): \(joint.distance(to: expected.joint))")
    #expect(scores.distance(to: expected.scores) < 2e-5, "\(note): \(scores.distance(to: expected.scores))")
  }

  @Test func everyEncoderEqualsTheDifferentiableModel() throws {
    for encoder in Self.encoders {
      for pooling in [EmbeddingConfiguration.Pooling.mean, .last] {
        let embedding = EmbeddingConfiguration(latent: 12, hidden: 9, pooling: pooling)
        try expectSame(sampleModel(encoder: encoder, embedding: embedding), sampleBatch(), "\(encoder) \(pooling)")
      }
    }
  }

  @Test func everyFusionEqualsTheDifferentiableModel() throws {
    for fusion in Self.fusions {
      try expectSame(sampleModel(fusion: fusion), sampleBatch(), "\(fusion)")
      try expectSame(sampleModel(fusion: fusion), sampleBatch(layers: [.physical]), "\(fusion) of one layer")
    }
  }

  @Test func everyDecoderEqualsTheDifferentiableModel() throws {
    for decoder in Self.decoders {
      for privateLatent in [nil, 3] {
        let embedding = EmbeddingConfiguration(latent: 12, hidden: 9, privateLatent: privateLatent)
        try expectSame(
          sampleModel(embedding: embedding, fusion: .late, decoder: decoder), sampleBatch(),
          "\(decoder) with private latent \(privateLatent ?? 0)")
      }
    }
  }

  @Test func everyViewEqualsTheDifferentiableModel() throws {
    for inputs in [[InputView.value], [.peers, .value], [.value, .peers, .mask, .delta]] {
      try expectSame(sampleModel(inputs: inputs), sampleBatch(), "\(inputs)")
    }
  }

  @Test func theResultDependsNeitherOnThreadsNorOnOtherWindows() throws {
    for precision in Precision.allCases {
      let batch = sampleBatch(count: 7)
      let model = try FrozenModel(sampleModel(), precision: precision, calibration: batch)
      let whole = model.embed(batch)
      for threads in 2...4 { #expect(model.embed(batch, threads: threads).joint.elements == whole.joint.elements) }
      for window in 0..<7 {
        let alone = model.embed(batch.slice(window..<window + 1))
        #expect(alone.joint.elements == whole.joint.rows(window..<window + 1).elements)
        #expect(alone.scores.elements == whole.scores.rows(window..<window + 1).elements)
      }
    }
  }

  /// Sessions leave their memory to later ones, and nothing of what was in it.
  @Test func whatAnotherWindowLeftBehindIsNotSeen() throws {
    let clean = sampleBatch(), partial = sampleBatch(layers: [.physical, .application])
    let spoilt = WindowBatch(
      layers: clean.layers.map { windows in
        LayerWindows(
          layer: windows.layer, values: NDArray(windows.values.shape, repeating: .nan), peers: windows.peers,
          mask: windows.mask,
          delta: windows.delta)
      }, origins: clean.origins)
    for encoder in Self.encoders {
      for fusion in Self.fusions {
        let model = sampleModel(encoder: encoder, fusion: fusion)
        let fresh = try [clean, partial].map { try FrozenModel(model).embed($0) }
        let used = try FrozenModel(model)
        #expect(used.embed(spoilt).joint.elements.contains { $0.isNaN })
        for (batch, expected) in zip([clean, partial], fresh) {
          let found = used.embed(batch)
          #expect(found.joint.elements == expected.joint.elements && found.scores.elements == expected.scores.elements)
        }
      }
    }
  }

  @Test(arguments: [Precision.bf16, .int8]) func lowPrecisionIsNear(precision: Precision) throws {
    for encoder in Self.encoders {
      for fusion in Self.fusions {
        let model = sampleModel(encoder: encoder, fusion: fusion)
        let exact = try FrozenModel(model).embed(sampleBatch())
        let near = try FrozenModel(model, precision: precision, calibration: sampleBatch(count: 9)).embed(sampleBatch())
        let (a, b) = (exact.joint.elements, near.joint.elements)
        for window in [0, 1, 3, 4] {
          let cosine = (window * 12..<(window + 1) * 12).reduce(Float(0)) { $0 + a[$1] * b[$1] }
          #expect(cosine > (precision == .bf16 ? 0.999 : 0.99), "\(encoder) \(fusion): \(cosine)")
        }
        #expect(near.scores.elements != exact.scores.elements, "\(encoder) \(fusion): nothing was rounded")
        #expect(near.scores.elements.distance(to: exact.scores.elements) < 0.02)
      }
    }
  }

  @Test func shortAndEmptyBatchesAreEmbedded() throws {
    for encoder in Self.encoders + [.temporalConvolution(.init(width: 8, depth: 12))] {
      for time in [1, 2, 5] {
        try expectSame(
          sampleModel(inputs: [.value], encoder: encoder), sampleBatch(time: time), "\(encoder), \(time) samples")
      }
    }
    let output = try FrozenModel(sampleModel()).embed(sampleBatch().slice(0..<0))
    #expect(output.joint.shape == [0, 12] && output.scores.shape == [0, 3])
  }

  /// What is not a number is not hidden by a gate.
  @Test(arguments: fusions) func notANumberReachesTheEmbedding(fusion: FusionConfiguration) throws {
    let batch = sampleBatch(count: 4, time: 6, layers: [.physical, .application])
    var values = batch.layers[0].values
    values.withMutableElements { $0[3] = .nan }
    let bad = WindowBatch(layers: [batch.layers[0].replacing(values: values), batch.layers[1]], origins: batch.origins)
    for precision in Precision.allCases {
      let output = try FrozenModel(sampleModel(fusion: fusion), precision: precision, calibration: sampleBatch()).embed(
        bad)
      #expect(output.joint.rows(0..<1).elements.contains { $0.isNaN })
      #expect(!output.joint.rows(3..<4).elements.contains { $0.isNaN })
    }
  }

  @Test func presenceTellsWhatWasObserved() throws {
    let output = try FrozenModel(sampleModel()).embed(sampleBatch(count: 3, layers: [.physical, .compute]))
    #expect(output.presence.elements == [1, 1, 0, 1, 0, 0, 0, 0, 0])
    #expect(output.scores.rows(2..<3).elements == [0, 0, 0])
  }
}
