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

  /// The loss and its gradient from the terms of slices of some size.
  private func sliced(
    _ model: JointModel, _ batch: WindowBatch, hiding: [NDArray]?, size: Int
  ) -> (value: Float, gradient: JointModel) {
    let objective = JointObjective(model.configuration.objective)
    return valueAndGradient(at: model) { model in
      let slices = stride(from: 0, to: batch.count, by: size).map { first in
        let range = first..<min(first + size, batch.count)
        var context = ForwardContext.inference
        return objective.terms(
          of: model, batch.slice(range), hiding: hiding?.map { $0.rows(range) }, in: &context)
      }
      return objective.value(of: .joined(slices), at: model).total
    }
  }

  // Hierarchical contrast stays within a slice, and draws a hiding of its own.
  @Test(arguments: everyObjective.filter { !"\($0)".contains("hierarchical") }, [1, 3])
  func theTermsOfSlicesGiveTheLossOfTheBatch(overrides: [String], size: Int) throws {
    let model = try model(overrides).perturbed()
    // A slice without any sample of a layer, and slices with more samples than others.
    let batch = sampleBatch(count: 7, absent: [.compute: [1], .physical: [0, 1, 2, 6], .application: [6]])
    var generator = Generator(seed: 9)
    let hiding = batch.layers.map { generator.bernoulliArray($0.values.shape, probability: 0.3) }
    let whole = sliced(model, batch, hiding: hiding, size: 7)
    var context = ForwardContext.inference
    let value = JointObjective(model.configuration.objective)(model, batch, hiding: hiding, in: &context)
    #expect(value.total.value.scalar == whole.value)
    let parts = sliced(model, batch, hiding: hiding, size: size)
    #expect((parts.value - whole.value).magnitude <= 1e-5 * max(1, whole.value.magnitude))
    for (part, whole) in zip(parameters(of: parts.gradient), parameters(of: whole.gradient)) {
      expectClose(part, whole, relative: 1e-4, absolute: 1e-5)
    }
  }

  @Test func hierarchicalContrastIsTheMeanOverSlices() throws {
    let model = try model(["objective.contrast=", "objective.hierarchical={weight: 1, alpha: 0.5}"])
    let objective = JointObjective(ObjectiveConfiguration(hierarchical: model.configuration.objective.hierarchical))
    let batch = sampleBatch(count: 4)
    func terms(_ range: Range<Int>) -> JointTerms {
      var context = ForwardContext.inference
      return objective.terms(of: model, batch.slice(range), in: &context)
    }
    func loss(_ terms: JointTerms) -> Float { objective.value(of: terms, at: model).total.value.scalar }
    let (first, second) = (terms(0..<3), terms(3..<4))
    expectClose(
      NDArray(scalar: loss(.joined([first, second]))), NDArray(scalar: (3 * loss(first) + loss(second)) / 4))
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
      let orthogonality = OrthogonalityConfiguration(weight: 1)
      let terms = JointTerms(output, for: ObjectiveConfiguration(orthogonality: orthogonality))
      return orthogonality.penalty(of: terms)!.value.scalar
    }
    #expect(try penalty(NDArray([4, 1], [1, -1, 1, -1])) == 0)
    #expect(try penalty(NDArray([4, 1], [3, 3, -3, -3])) == 16)
  }
}
