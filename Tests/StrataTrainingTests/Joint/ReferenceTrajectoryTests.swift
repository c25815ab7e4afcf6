import Foundation
import StrataModel
import StrataNeural
import StrataTensor
import StrataTraining
import TestSupport
import Testing

/// Ten steps of a reference model in PyTorch.
@Suite struct ReferenceTrajectoryTests {
  @Test(arguments: ["reference-tcn", "reference-transformer"])
  func tenStepsFollowTheReference(name: String) throws {
    let reference = try ReferenceCase(configuration(name), contentsOf: "\(goldens)/\(name).safetensors")
    let truth = try reference.file.array(named: "losses.adamw").elements.map(Double.init)
    let worst = zip(losses(reference), truth).map { ($0 - $1).magnitude }.max()!
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
    let worst = zip(losses(reference), record.losses).map { ($0 - $1).magnitude }.max()!
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
private func losses(_ reference: ReferenceCase) -> [Double] {
  let objective = JointObjective(reference.model.configuration.objective)
  var model = reference.model
  var optimizer = AdamW(learningRate: 1e-3, weightDecay: 0.01)
  return (0..<10).map { _ in
    var (loss, gradient) = valueAndGradient(at: model) { model in
      var context = ForwardContext.training(seed: 1)
      return objective(model, reference.batch, hiding: reference.hiding, in: &context).total
    }
    _ = clipGlobalNorm(of: &gradient, to: 1)
    optimizer.update(&model, along: gradient)
    return Double(loss)
  }
}

private func configuration(_ name: String, overriding overrides: [String] = []) throws -> ModelConfiguration {
  try ModelConfiguration(contentsOf: "\(goldens)/\(name).yaml", overriding: overrides)
}

/// The fixtures are those of the model's own conformance tests.
private let goldens = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().appendingPathComponent("../../StrataModelTests/Goldens").standardized.path
