import StrataModel
import StrataNeural
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct JointObjectiveTests {
  private static let everyObjective: [[String]] = [
    [],
    ["objective.contrast.learned=true"],
    ["objective.contrast.pairs=joint", "objective.reconstruction.visible=0"],
    ["objective.contrast={kind: vicReg, weight: 0.1, pairs: all, invariance: 1, variance: 1, covariance: 1}"],
    ["objective.contrast={kind: barlowTwins, weight: 1, pairs: layers, redundancy: 0.1}"],
    ["objective.reconstruction.loss=gaussian", "decoder.logVariance={minimum: -3, maximum: 3}"],
    ["objective.contrast=", "objective.hierarchical={weight: 0.5, alpha: 0.5}"],
    [
      "embedding.privateLatent=3", "decoder.context=joint", "decoder.bottleneck=2",
      "objective.orthogonality={weight: 0.5}",
    ],
  ]

  private func value(
    _ model: JointModel, _ batch: WindowBatch, seed: UInt64 = 7
  ) -> ObjectiveValue {
    var context = ForwardContext.training(seed: seed)
    return JointObjective(model.configuration.objective)(model, batch, in: &context)
  }

  private func model(_ overrides: [String]) throws -> JointModel {
    var generator = Generator(seed: 3)
    return JointModel(try configuration(overriding: overrides), channels: sampleChannels, using: &generator)
  }

  @Test(arguments: everyObjective) func gradientMatchesFiniteDifferences(overrides: [String]) throws {
    // Few steps, because the hierarchy's max-pooling has a kink wherever two steps are nearly equal.
    let batch = sampleBatch(count: 6, time: 4, absent: [.compute: [1]])
    expectGradient(of: { value($0, batch).total }, at: try model(overrides).perturbed(), step: 5e-4, tolerance: 5e-3)
  }

  @Test func theTotalIsTheWeightedSumOfItsParts() throws {
    let model = try model([
      "embedding.privateLatent=3", "decoder.context=layer", "objective.orthogonality={weight: 0.5}",
      "objective.hierarchical={weight: 0.25, alpha: 0.5}", "objective.contrast.weight=2",
    ])
    let value = value(model, sampleBatch())
    #expect(
      value.parts.map(\.name) == [
        "contrast", "reconstruction", "reconstruction.physical", "reconstruction.compute",
        "reconstruction.application", "hierarchical", "orthogonality",
      ])
    let part = Dictionary(uniqueKeysWithValues: value.parts.map { ($0.name, $0.value) })
    let sum =
      2 * part["contrast"]! + part["reconstruction"]! + 0.25 * part["hierarchical"]! + 0.5 * part["orthogonality"]!
    #expect((value.total.value.scalar - sum).magnitude < 1e-5)
    let layers = TelemetryLayer.allCases.compactMap { part["reconstruction.\($0.rawValue)"] }
    #expect((part["reconstruction"]! - layers.reduce(0, +) / 3).magnitude < 1e-6)
  }

  @Test func reconstructionCountsObservedSamplesOnly() throws {
    let model = try model(["objective.contrast="])
    let batch = sampleBatch()
    func hidden(fillingMissingWith filler: Float) -> Float {
      let layers = batch.layers.map { $0.replacing(values: $0.values + (1 - $0.mask) * filler) }
      let hiding = layers.map { _ in NDArray([4, 10], repeating: 1) }
      var context = ForwardContext.inference
      let filled = WindowBatch(layers: layers, origins: batch.origins)
      return JointObjective(model.configuration.objective)(model, filled, hiding: hiding, in: &context).total.value
        .scalar
    }
    #expect(hidden(fillingMissingWith: 0) == hidden(fillingMissingWith: 100))
  }

  @Test func equalContextsGiveEqualLosses() throws {
    let model = try model(["modalityDropout=0.5", "encoder.dropout=0.3"])
    #expect(value(model, sampleBatch()).total.value.scalar == value(model, sampleBatch()).total.value.scalar)
    #expect(value(model, sampleBatch()).total.value.scalar != value(model, sampleBatch(), seed: 8).total.value.scalar)
  }

  @Test(arguments: everyObjective) func missingLayersNeverGiveNaN(overrides: [String]) throws {
    let model = try model(overrides)
    let everywhere = Array(0..<4)
    let batches = [
      sampleBatch().without(.compute), sampleBatch().without(.physical, .compute), sampleBatch(count: 1),
      sampleBatch(absent: [.physical: [0, 1, 2], .compute: [1, 2, 3], .application: [0, 3]]),
      sampleBatch(absent: [.physical: everywhere, .compute: everywhere, .application: everywhere]),
    ]
    for batch in batches {
      let (loss, gradient) = valueAndGradient(at: model) { value($0, batch).total }
      #expect(loss.isFinite)
      #expect(parameters(of: gradient).areFinite)
    }
    #expect(value(model, batches[4]).parts.map(\.name).isEmpty)
    #expect(value(model, batches[4]).total.value.scalar == 0)
  }

  @Test func aMissingLayerLeavesTheOthersTheirContrast() throws {
    let model = try model(["objective.contrast.pairs=layers", "objective.reconstruction="])
    let batch = sampleBatch()
    var context = ForwardContext.inference
    let objective = JointObjective(model.configuration.objective)
    let part = objective(model, batch.without(.compute), hiding: nil, in: &context)
    let output = model(batch, in: &context)
    let expected = infoNCE(output.layers[0].embedding, output.layers[2].embedding, temperature: 0.5)
    #expect((part.total.value.scalar - expected.value.scalar).magnitude < 1e-6)
  }

  @Test func orthogonalityIsZeroForUnrelatedAndLargeForEqualLatents() throws {
    func penalty(_ privateLatent: NDArray) throws -> Float {
      let shared = NDArray([4, 1], [1, 1, -1, -1])
      let layer = LayerOutput(
        layer: .data, features: Tensor(shared), projection: Tensor(shared), embedding: Tensor(shared),
        privateEmbedding: Tensor(privateLatent), mean: Tensor(shared), logVariance: nil)
      let output = JointOutput(
        layers: [layer], joint: Tensor(shared), jointProjection: Tensor(shared),
        presence: NDArray([4, 1], repeating: 1))
      return OrthogonalityConfiguration(weight: 1).penalty(of: output)!.value.scalar
    }
    #expect(try penalty(NDArray([4, 1], [1, -1, 1, -1])) == 0)
    #expect(try penalty(NDArray([4, 1], [3, 3, -3, -3])) == 16)
  }
}
