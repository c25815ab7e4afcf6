import Foundation
import StrataModel
import StrataNeural
import StrataTelemetry
import StrataTensor
import StrataYAML

extension ReferenceCase {
  /// Builds a model from `Goldens/<configuration>.yaml` and loads the weights of a file into it.
  init(configuration: String, overriding overrides: [String] = [], arrays path: String) throws {
    let yaml = Self.goldens.appendingPathComponent("\(configuration).yaml").path
    try self.init(
      ModelConfiguration(ConfigurationNode(contentsOf: yaml, overriding: overrides)), contentsOf: path)
  }

  static var goldens: URL { Bundle.module.bundleURL.appendingPathComponent("Goldens") }

  /// A committed case, in sizes that fit the repository.
  static func committed(_ name: String) throws -> ReferenceCase {
    try ReferenceCase(configuration: name, arrays: goldens.appendingPathComponent("\(name).safetensors").path)
  }

  func truth(_ name: String) throws -> NDArray { try file.array(named: name) }

  /// The largest difference of an element, over all outputs.
  func largestOutputError() throws -> (name: String, error: Float) {
    var context = ForwardContext.inference
    let hidden = model(batch, hiding: hiding, in: &context)
    let whole = model(batch, in: &context)
    var pairs = [("train.joint", hidden.joint.value), ("infer.joint", whole.joint.value)]
    pairs += hidden.layers.enumerated().map { ("train.z.\($0)", $1.embedding.value) }
    pairs += hidden.layers.enumerated().map { ("train.recon.\($0)", $1.mean.value) }
    pairs += [("infer.enc0", whole.layers[0].features.value), ("infer.score", scores(of: whole))]
    let errors = try pairs.map { (name: $0.0, error: abs($0.1 - (try truth($0.0))).max().scalar) }
    return errors.max { $0.error < $1.error }!
  }

  /// The mean squared error of the reconstruction, of shape `[batch, layer]`.
  private func scores(of output: JointOutput) -> NDArray {
    let columns = zip(output.layers, batch.layers).map { layer, windows in
      square(layer.mean.value - windows.values).mean(over: [1, 2])
    }
    return stack(columns, axis: 1)
  }

  /// The loss, its parts, and the gradient.
  func objective() -> (total: Float, parts: [String: Float], gradient: JointModel) {
    let objective = JointObjective(model.configuration.objective)
    var parts: [String: Float] = [:]
    let (total, gradient) = valueAndGradient(at: model) { model in
      var context = ForwardContext.training(seed: 1)
      let value = objective(model, batch, hiding: hiding, in: &context)
      parts = Dictionary(uniqueKeysWithValues: value.parts.map { ($0.name, $0.value) })
      return value.total
    }
    return (total, parts, gradient)
  }

  /// The largest `|gradient - truth| / |truth|` of a parameter.
  func largestGradientError(of gradient: JointModel) throws -> (name: String, error: Double) {
    let truth = try ReferenceWeights.arrays(for: model, prefix: "grad.", in: file)
    let errors = zip(gradient.namedArrays(), truth).map { found, expected in
      let difference = square(found.array - expected.array).total.squareRoot()
      return (name: found.name, error: difference / (square(expected.array).total.squareRoot() + 1e-12))
    }
    return errors.max { $0.error < $1.error }!
  }
}
