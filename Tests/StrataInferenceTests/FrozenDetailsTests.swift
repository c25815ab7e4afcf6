import StrataInference
import StrataModel
import StrataNeural
import StrataTelemetry
import StrataTensor
import Testing

/// Features, embeddings and residuals of every sample.
@Suite struct FrozenDetailsTests {
  private func expectSame(_ model: JointModel, _ batch: WindowBatch, _ note: String) throws {
    var context = ForwardContext.inference
    let expected = model(batch, in: &context)
    let frozen = try FrozenModel(model)
    let details = frozen.details(of: batch)
    #expect(details.layers.map(\.layer) == model.layers)
    #expect(details.output.joint.elements == frozen.embed(batch).joint.elements)
    #expect(details.output.scores.elements == frozen.embed(batch).scores.elements)
    for layer in model.layers {
      guard let windows = batch[layer] else { continue }
      let (found, said) = (try #require(details[layer]), try #require(expected[layer]))
      let residuals = (windows.values - said.mean.value) * windows.mask
      for (name, a, b) in [
        ("features", found.features, said.features.value), ("embedding", found.embedding, said.embedding.value),
        ("residuals", found.residuals, residuals),
      ] {
        #expect(a.shape == b.shape && a.elements.distance(to: b.elements) < 1e-5, "\(name) of \(layer), \(note)")
      }
      let variances = said.logVariance.map { $0.value.elements } ?? []
      #expect((found.logVariances?.elements ?? []).count == variances.count)
      #expect((found.logVariances?.elements ?? []).distance(to: variances) < 1e-5, "variances of \(layer), \(note)")
    }
  }

  @Test func windowsEqualTheDifferentiableModel() throws {
    for encoder in FrozenModelTests.encoders {
      try expectSame(sampleModel(encoder: encoder), sampleBatch(), "\(encoder)")
    }
    for fusion in FrozenModelTests.fusions {
      try expectSame(sampleModel(fusion: fusion), sampleBatch(), "\(fusion)")
    }
    for decoder in FrozenModelTests.decoders {
      for privateLatent in [nil, 3] {
        let embedding = EmbeddingConfiguration(latent: 12, hidden: 9, privateLatent: privateLatent)
        try expectSame(sampleModel(embedding: embedding, decoder: decoder), sampleBatch(), "\(decoder)")
      }
    }
  }

  @Test func aLayerThatIsNotGivenIsZero() throws {
    let model = try FrozenModel(sampleModel())
    let details = model.details(of: sampleBatch(layers: [.physical]))
    let missing = try #require(details[.compute])
    #expect(missing.features.shape == [5, 19, 20] && missing.features.elements.allSatisfy { $0 == 0 })
    #expect(missing.residuals.elements.allSatisfy { $0 == 0 } && missing.embedding.elements.allSatisfy { $0 == 0 })
    #expect(details[.physical]?.features.elements.contains { $0 != 0 } == true)
    let empty = model.details(of: sampleBatch().slice(0..<0))
    #expect(empty[.physical]?.features.shape == [0, 19, 20] && empty.output.joint.shape == [0, 12])
  }

  @Test func threadsDoNotMatter() throws {
    let model = try FrozenModel(sampleModel(fusion: FrozenModelTests.fusions[4]))
    let whole = model.details(of: sampleBatch(count: 7))
    for threads in 2...4 {
      let parts = model.details(of: sampleBatch(count: 7), threads: threads)
      for (a, b) in zip(whole.layers, parts.layers) {
        #expect(a.features.elements == b.features.elements && a.embedding.elements == b.embedding.elements)
        #expect(a.residuals.elements == b.residuals.elements)
      }
    }
  }

  /// On a stream the features of a sample have the bits that they have in a window, and its residuals are those of the
  /// window where the decoder sees the sample alone.
  @Test(arguments: [
    EncoderConfiguration.temporalConvolution(.init(width: 20, depth: 4)),
    .patchTransformer(
      PatchTransformerConfiguration(width: 20, depth: 2, heads: 2, hidden: 33, positions: .rotary, causal: true)),
  ]) func streamsEqualWindows(encoder: EncoderConfiguration) throws {
    let length = 30, run = StreamedRun(entities: 29, samples: length)
    for decoder in [DecoderConfiguration(context: .none, hidden: 11), DecoderConfiguration(context: .joint)] {
      let model = try FrozenModel(
        sampleModel(
          inputs: [.value, .peers, .mask, .delta], encoder: encoder,
          embedding: EmbeddingConfiguration(latent: 12, hidden: 9, pooling: .last), fusion: .late, decoder: decoder))
      var stream = try model.makeStream(entities: 29, windowLength: length)
      var plain = try model.makeStream(entities: 29, windowLength: length)
      var joint = [Float](repeating: 0, count: 29 * 12)
      for time in 0..<length {
        let details = stream.details(of: 0..<29, run.samples(at: time, of: 0..<29))
        plain.advance(0..<29, run.samples(at: time, of: 0..<29))
        guard [0, 5, 17, length - 1].contains(time) else { continue }
        plain.embed(0..<29, into: &joint)
        #expect(details.output.joint.elements == joint)
        for entity in [0, 13, 28] {
          #expect(details.output.scores.elements[entity * 3] == plain.score(of: entity, model.layers[0]))
        }
        let windows = model.details(of: run.windows(end: time + 1, length: time + 1))
        for layer in model.layers {
          let (new, whole) = (try #require(details[layer]), try #require(windows[layer]))
          let last = whole.features.slice(axis: 1, time..<time + 1)
          #expect(new.features.shape == [29, 1, 20] && new.features.elements == last.elements, "\(layer) at \(time)")
          #expect(new.embedding.elements == whole.embedding.elements)
          let residuals = whole.residuals.slice(axis: 1, time..<time + 1)
          #expect(new.residuals.elements.distance(to: residuals.elements) < 1e-5, "\(layer) at \(time)")
        }
      }
    }
  }

  @Test func residualsOfWhatWasNotObservedAreZero() throws {
    let batch = sampleBatch()
    let details = try FrozenModel(sampleModel()).details(of: batch)
    for windows in batch.layers {
      let residuals = try #require(details[windows.layer]).residuals
      for (residual, mask) in zip(residuals.elements, windows.mask.elements) where mask == 0 { #expect(residual == 0) }
    }
  }
}
