import StrataModel
import StrataNeural
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct JointModelTests {
  @Test func parameterNamesAreStable() throws {
    let names = try sampleModel(
      "decoder={context: joint, hidden: 4, bottleneck: 2, logVariance: {minimum: -4, maximum: 4}}",
      "embedding.privateLatent=2", "objective.contrast.learned=true", "encoder.depth=1"
    ).namedArrays().map(\.name)
    let branch = [
      "encoder.input.weight", "encoder.input.bias", "encoder.blocks.0.norm.scale", "encoder.blocks.0.norm.shift",
      "encoder.blocks.0.convolution.weight", "encoder.blocks.0.convolution.bias", "encoder.norm.scale",
      "encoder.norm.shift", "head.hidden.weight", "head.hidden.bias", "head.output.weight", "head.output.bias",
      "privateHead.weight", "privateHead.bias", "decoder.bottleneck.weight", "decoder.bottleneck.bias",
      "decoder.context.weight", "decoder.context.bias", "decoder.hidden.weight", "decoder.hidden.bias",
      "decoder.mean.weight", "decoder.mean.bias", "decoder.logVariance.weight", "decoder.logVariance.bias",
    ]
    let gates = ["physical", "compute", "application"].flatMap { layer in
      ["fusion.values", "fusion.scores"].flatMap { ["\($0).\(layer).weight", "\($0).\(layer).bias"] }
    }
    #expect(
      names == ["physical", "compute", "application"].flatMap { layer in branch.map { "layers.\(layer).\($0)" } }
        + gates + ["fusion.output.weight", "fusion.output.bias", "contrast.logTemperature"])
  }

  @Test func attentionNamesAreStable() throws {
    let transformer =
      "encoder={kind: transformer, width: 6, depth: 1, heads: 2, hidden: 7, patch: 3, positions: sinusoidal, "
      + "causal: false, dropout: 0}"
    let model = try sampleModel(transformer, "fusion={kind: bottleneck, heads: 2, hidden: 5, dropout: 0}")
    let names = model.namedArrays().map(\.name)
    #expect(
      names.filter { $0.hasPrefix("layers.compute.encoder") }.map { $0.dropFirst("layers.compute.encoder.".count) } == [
        "input.weight", "input.bias", "blocks.0.attentionNorm.scale", "blocks.0.attentionNorm.shift",
        "blocks.0.attention.qkv.weight", "blocks.0.attention.qkv.bias", "blocks.0.attention.projection.weight",
        "blocks.0.attention.projection.bias", "blocks.0.feedForwardNorm.scale", "blocks.0.feedForwardNorm.shift",
        "blocks.0.feedForward.hidden.weight", "blocks.0.feedForward.hidden.bias", "blocks.0.feedForward.output.weight",
        "blocks.0.feedForward.output.bias", "norm.scale", "norm.shift", "expansion.weight", "expansion.bias",
      ])
    #expect(
      names.filter { $0.hasPrefix("fusion") && !$0.contains(".block.") }.map { $0.dropFirst("fusion.".count) } == [
        "tokens.physical.weight", "tokens.physical.bias", "tokens.compute.weight", "tokens.compute.bias",
        "tokens.application.weight", "tokens.application.bias", "classToken", "modality", "norm.scale", "norm.shift",
        "output.weight", "output.bias",
      ])
  }

  @Test(arguments: everyFusion) func everyStoredTensorIsVisited(fusion: String) throws {
    let model = try sampleModel(fusion, "objective.contrast.learned=true", "decoder.bottleneck=2")
    let names = model.namedArrays().map(\.name)
    #expect(names.count == storedTensorCount(in: model))
    #expect(Set(names).count == names.count)
  }

  @Test func equalSeedsGiveEqualModels() throws {
    #expect(
      try sampleModel(seed: 4).namedArrays().map(\.array.elements)
        == sampleModel(seed: 4).namedArrays().map(\.array.elements))
    #expect(
      try sampleModel(seed: 4).namedArrays().map(\.array.elements)
        != sampleModel(seed: 5).namedArrays().map(\.array.elements))
  }

  @Test func layersThatAreMissingFromTheBatchChangeOnlyTheFusion() throws {
    let model = try sampleModel()
    var context = ForwardContext.inference
    let whole = model(sampleBatch(), in: &context)
    let part = model(sampleBatch().without(.compute), in: &context)
    #expect(part.layers.map(\.layer) == [.physical, .compute, .application])
    #expect(part.presence.elements == [1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1])
    #expect(part.arrays.areFinite)
    #expect(part[.physical]!.mean.value.elements == whole[.physical]!.mean.value.elements)
    #expect(part.joint.value.elements != whole.joint.value.elements)
    #expect(part[.data] == nil)
  }

  @Test func aLayerMissingInEveryWindowEqualsOneMissingFromTheBatch() throws {
    let model = try sampleModel()
    var context = ForwardContext.inference
    let masked = model(sampleBatch(absent: [.compute: [0, 1, 2, 3]]), in: &context)
    let absent = model(sampleBatch().without(.compute), in: &context)
    #expect(masked.presence.elements == absent.presence.elements)
    expectClose(masked.joint.value, absent.joint.value)
  }

  @Test(arguments: [
    ["decoder.bottleneck=1"], ["decoder.hidden=3"], ["decoder.context=layer"],
    ["decoder.context=joint", "embedding.privateLatent=2", "decoder.bottleneck=2", "decoder.hidden=3"],
    ["embedding.pooling=last"], ["inputs=[value, peers, mask, delta]"],
  ]) func everyShapeFitsAndIsFinite(overrides: [String]) throws {
    var generator = Generator(seed: 1)
    let model = JointModel(try configuration(overriding: overrides), channels: sampleChannels, using: &generator)
    var context = ForwardContext.inference
    let output = model(sampleBatch(), in: &context)
    #expect(output.arrays.areFinite)
    for layer in output.layers {
      #expect(layer.mean.shape == [4, 10, sampleChannels[layer.layer]!])
      #expect(layer.features.shape == [4, 10, 6] && layer.embedding.shape == [4, 4])
      #expect(layer.privateEmbedding?.shape == model.configuration.embedding.privateLatent.map { [4, $0] })
    }
  }

  @Test func theLogarithmOfTheVarianceStaysInItsBounds() throws {
    var model = try sampleModel("decoder.logVariance={minimum: -2, maximum: 3}")
    model.forEachParameter { name, parameter in
      if name.contains("logVariance") { parameter = Tensor(parameter.value * 1000) }
    }
    var context = ForwardContext.inference
    let values = model(sampleBatch(), in: &context).layers.flatMap { $0.logVariance!.value.elements }
    #expect(values.min()! >= -2 && values.max()! <= 3)
    #expect(values.min()! < -1.9 && values.max()! > 2.9)
  }

  @Test func hidingMustFitTheBatch() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var context = ForwardContext.inference
      _ = try sampleModel()(sampleBatch(), hiding: [NDArray([4, 10], repeating: 0)], in: &context)
    }
    expectError(result, "JointModel: hiding for 1 layers, but the batch has 3")
    let shape = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var context = ForwardContext.inference
      let hiding = [NDArray](repeating: NDArray([4, 9], repeating: 0), count: 3)
      _ = try sampleModel()(sampleBatch(), hiding: hiding, in: &context)
    }
    expectError(shape, "JointModel: hiding of shape [4, 9] does not fit windows of shape [4, 10, 3]")
  }

  @Test func theModelMustKnowTheLayersOfTheBatch() async {
    let unknown = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var generator = Generator(seed: 1)
      let model = JointModel(try configuration(), channels: [.physical: 3, .compute: 2], using: &generator)
      _ = model.encoderInput(of: sampleBatch())
    }
    expectError(unknown, "JointModel: the batch has layer application, the model only [physical, compute]")
    let width = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var generator = Generator(seed: 1)
      let channels: [TelemetryLayer: Int] = [.physical: 7, .compute: 2, .application: 2]
      _ = JointModel(try configuration(), channels: channels, using: &generator).encoderInput(of: sampleBatch())
    }
    expectError(width, "JointModel: windows of shape [4, 10, 3] in layer physical, which has 7 channels")
    let peers = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let windows = sampleBatch().layers.map {
        LayerWindows(layer: $0.layer, values: $0.values, mask: $0.mask, delta: $0.delta)
      }
      _ = try sampleModel("inputs=[value, peers]").encoderInput(
        of: WindowBatch(layers: windows, origins: sampleBatch().origins))
    }
    expectError(peers, "JointModel: the inputs include peers, but the windows of layer physical have none")
  }

  @Test func aModelNeedsLayersWithChannels() async {
    let none = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var generator = Generator(seed: 1)
      _ = JointModel(try configuration(), channels: [:], using: &generator)
    }
    expectError(none, "JointModel: no layers")
    let empty = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var generator = Generator(seed: 1)
      _ = JointModel(try configuration(), channels: [.data: 0], using: &generator)
    }
    expectError(empty, "JointModel: layer data has 0 channels")
  }

  private func expectError(_ result: ExitTest.Result?, _ message: String) {
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains(message), "\(text)")
  }
}
