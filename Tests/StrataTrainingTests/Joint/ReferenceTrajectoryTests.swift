import Foundation
import StrataModel
import StrataNeural
import StrataTelemetry
import StrataTensor
import StrataTraining
import StrataYAML
import TestSupport
import Testing

/// Ten steps of a reference model in PyTorch.
@Suite struct ReferenceTrajectoryTests {
  @Test(arguments: ["reference-tcn", "reference-transformer"], [4, 2])
  func tenStepsFollowTheReferenceInSlicesOfAnySize(name: String, slice: Int) throws {
    let reference = try ReferenceCase(configuration(name), contentsOf: "\(goldens)/\(name).safetensors")
    let truth = try reference.file.array(named: "losses.adamw").elements.map(Double.init)
    let worst = zip(try losses(reference, slice: slice), truth).map { ($0 - $1).magnitude }.max()!
    #expect(worst <= 1e-3)
    #expect(truth[9] < truth[0] - 0.5)
  }
}

/// The same of the full-size models, whose files are not in the repository: `make verify` runs it, with their folder in
/// the environment variable `STRATA_CONFORMANCE`.
@Suite struct FullSizeReferenceTrajectoryTests {
  @Test(arguments: [
    ("small-tcn", "reference-tcn", ["encoder.depth=4"]),
    ("small-tf", "reference-transformer", ["encoder.hidden=256"]),
  ])
  func tenStepsOfTheFullSizeModelFollowTheReference(arrays: String, name: String, overrides: [String]) throws {
    let sizes = ["embedding.latent=128", "embedding.hidden=128", "fusion.hidden=512", "encoder.width=64"]
    let path = try "\(conformanceFolder())/\(arrays)"
    let reference = try ReferenceCase(
      configuration(name, overriding: sizes + overrides), contentsOf: "\(path).safetensors")
    let record = try JSONDecoder().decode(Record.self, from: Data(contentsOf: URL(fileURLWithPath: "\(path).json")))
    let worst = zip(try losses(reference, slice: 2), record.losses).map { ($0 - $1).magnitude }.max()!
    print("\(arrays): the largest difference of a loss in ten steps is \(worst)")
    #expect(worst <= 1e-3)
  }

  private struct Record: Decodable {
    let losses: [Double]

    enum CodingKeys: String, CodingKey { case losses = "losses_10_adamw_steps_f64" }
  }
}

/// The losses before each of ten steps of AdamW at 1e-3 with weight decay 0.01 on all parameters, gradients clipped to a
/// global norm of one.
private func losses(_ reference: ReferenceCase, slice: Int) throws -> [Double] {
  let configuration = TrainingConfiguration(
    length: .steps(10), batch: reference.batch.count, slice: slice,
    optimizer: AdamW(learningRate: 1e-3, weightDecay: 0.01), clip: 1)
  let trainer = try Trainer(ReferenceTask(reference), configuration: configuration, threads: 2)
  var state = trainer.start(with: reference.model)
  var losses: [Double] = []
  _ = try trainer.train(&state) { if case .step(let step) = $0 { losses.append(step.loss) } }
  return losses
}

/// The windows of a reference case, hidden as the reference hid them; every step sees all of them.
private struct ReferenceTask: TrainingTask {
  private let reference: ReferenceCase
  private let objective: JointObjective
  let dataDigest = "reference"

  init(_ reference: ReferenceCase) {
    self.reference = reference
    objective = JointObjective(reference.model.configuration.objective)
  }

  var sampleCount: Int { reference.batch.count }

  func slice(_ samples: [Int], using generator: inout Generator) -> (windows: WindowBatch, hiding: [NDArray]) {
    let layers = reference.batch.layers.map { layer in
      LayerWindows(
        layer: layer.layer, values: gather(layer.values, rows: samples), mask: gather(layer.mask, rows: samples),
        delta: gather(layer.delta, rows: samples))
    }
    let windows = WindowBatch(layers: layers, origins: samples.map { reference.batch.origins[$0] })
    return (windows, reference.hiding.map { gather($0, rows: samples) })
  }

  func terms(
    of model: JointModel, on slice: (windows: WindowBatch, hiding: [NDArray]), in context: inout ForwardContext
  ) -> JointTerms {
    objective.terms(of: model, slice.windows, hiding: slice.hiding, in: &context)
  }

  func loss(of model: JointModel, from terms: JointTerms, threads: Int) -> ObjectiveValue {
    objective.value(of: terms, at: model, threads: threads)
  }
}

private func configuration(_ name: String, overriding overrides: [String] = []) throws -> ModelConfiguration {
  try ModelConfiguration(ConfigurationNode(contentsOf: "\(goldens)/\(name).yaml", overriding: overrides))
}

/// The fixtures are those of the model's own conformance tests.
private let goldens = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().appendingPathComponent("../../StrataModelTests/Goldens").standardized.path
