import Foundation
import StrataInference
import StrataModel
import StrataTelemetry
import StrataTensor
import StrataYAML
import TestSupport
import Testing

/// What int8 says about the reference models, calibrated with windows that it is not judged on.
@Suite struct CalibrationTests {
  @Test(arguments: ["reference-tcn", "reference-transformer"])
  func int8IsNearTheReference(name: String) throws {
    let reference = try ReferenceCase(configuration(name), contentsOf: "\(goldens)/\(name).safetensors")
    let model = try FrozenModel(reference.model, precision: .int8, calibration: waves(like: reference.batch))
    let error = try largestError(model, reference)
    #expect(error.cosine < 1e-3 && error.score < 1e-2, "\(error)")
    #expect(error.cosine > 1e-7, "nothing was rounded")
  }

  /// Samples beyond all that was seen still reach the scores.
  @Test func extraordinarySamplesAreNotClipped() throws {
    let name = "reference-tcn"
    let reference = try ReferenceCase(configuration(name), contentsOf: "\(goldens)/\(name).safetensors")
    let layers = reference.batch.layers.map { $0.replacing(values: $0.values * 50) }
    let batch = WindowBatch(layers: layers, origins: reference.batch.origins)
    let exact = try FrozenModel(reference.model).embed(batch)
    let near = try FrozenModel(reference.model, precision: .int8, calibration: waves(like: batch)).embed(batch)
    for (one, other) in zip(near.scores.elements, exact.scores.elements) { #expect(abs(one - other) < 0.01 * other) }
  }

  @Test func rangesAreThoseOfTheWindows() throws {
    let (model, batch) = (sampleModel(), sampleBatch())
    func joint(_ windows: WindowBatch) throws -> [Float] {
      try FrozenModel(model, precision: .int8, calibration: windows).embed(batch).joint.elements
    }
    let windows = sampleBatch(count: 8)
    #expect(try joint(windows) == joint(windows))
    #expect(try joint(windows) != joint(windows.slice(0..<4)))
  }

  @Test func int8WithoutWindowsStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try FrozenModel(sampleModel(), precision: .int8)
    }
    expectMessage(
      "FrozenModel: int8 takes windows to calibrate with, such as some of those the model was trained on", from: result)
  }

  @Test func everyLayerNeedsASample() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try FrozenModel(
        sampleModel(), precision: .int8, calibration: sampleBatch(layers: [.physical, .application]))
    }
    expectMessage(
      "FrozenModel: none of the 5 windows to calibrate with has an observed sample of layer compute", from: result)
    let empty = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try FrozenModel(sampleModel(), precision: .int8, calibration: sampleBatch().slice(0..<0))
    }
    expectMessage("none of the 0 windows to calibrate with has an observed sample of layer physical", from: empty)
  }

  @Test func whatIsNotFiniteCalibratesNothing() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let batch = sampleBatch()
      var values = batch.layers[0].values
      values.withMutableElements { $0[3] = .nan }
      let layers = [batch.layers[0].replacing(values: values)] + batch.layers.dropFirst()
      _ = try FrozenModel(
        sampleModel(), precision: .int8, calibration: WindowBatch(layers: layers, origins: batch.origins))
    }
    expectMessage(
      "FrozenModel: the windows to calibrate with hold numbers that are not finite, or lead to them", from: result)
  }
}

/// The same of the full-size models, whose files are not in the repository: `make verify` runs it, with their folder in
/// the environment variable `STRATA_CONFORMANCE`.
@Suite struct FullSizeCalibrationTests {
  @Test(arguments: [
    ("small-tcn", "reference-tcn", ["encoder.depth=4"]),
    ("small-tf", "reference-transformer", ["encoder.hidden=256"]),
  ])
  func int8OfTheFullSizeModelIsNearTheReference(arrays: String, name: String, overrides: [String]) throws {
    let sizes = ["embedding.latent=128", "embedding.hidden=128", "fusion.hidden=512", "encoder.width=64"]
    let reference = try ReferenceCase(
      configuration(name, overriding: sizes + overrides), contentsOf: "\(conformanceFolder())/\(arrays).safetensors")
    let model = try FrozenModel(reference.model, precision: .int8, calibration: waves(like: reference.batch))
    let error = try largestError(model, reference)
    print("\(arrays): int8 is \(error) from the reference")
    #expect(error.cosine < 1e-3 && error.score < 1e-2, "\(error)")
  }
}

/// How far the cosine of a joint embedding is from one, and the relative error of a score, at most.
private func largestError(_ model: FrozenModel, _ reference: ReferenceCase) throws -> (cosine: Double, score: Double) {
  let output = model.embed(reference.batch)
  let (joint, scores) = (
    try reference.file.array(named: "infer.joint"), try reference.file.array(named: "infer.score")
  )
  var worst = (cosine: 0.0, score: 0.0)
  for window in 0..<reference.batch.count {
    let (a, b) = (output.joint.rows(window..<window + 1).elements, joint.rows(window..<window + 1).elements)
    func product(_ x: [Float], _ y: [Float]) -> Double { zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
    worst.cosine = max(worst.cosine, 1 - product(a, b) / (product(a, a) * product(b, b)).squareRoot())
  }
  for (found, truth) in zip(output.scores.elements, scores.elements) {
    worst.score = max(worst.score, Double(abs(found - truth) / truth))
  }
  return worst
}

/// Other windows from the distribution of the reference: waves that the layers share, with noise.
private func waves(like batch: WindowBatch, count: Int = 32) -> WindowBatch {
  var generator = Generator(seed: 77)
  let phases = generator.normalArray([count]).elements
  let layers = batch.layers.map { layer in
    let (time, channels) = (layer.length, layer.channelCount), shape: Shape = [count, time, channels]
    let frequencies = generator.uniformArray([count, channels], in: 0..<0.2).elements
    let noise = generator.normalArray(shape).elements
    let values = NDArray(shape) { out in
      for index in 0..<count * time * channels {
        let (window, step, channel) = (index / (time * channels), index / channels % time, index % channels)
        out[index] = sin(Float(step) * frequencies[window * channels + channel] + phases[window]) + 0.3 * noise[index]
      }
    }
    return LayerWindows(
      layer: layer.layer, values: values, mask: NDArray(shape, repeating: 1), delta: NDArray(shape, repeating: 0))
  }
  let origins = (0..<count).map { WindowOrigin(run: 0, entity: EntityPath(["window\($0)"]), end: 0) }
  return WindowBatch(layers: layers, origins: origins)
}

private func configuration(_ name: String, overriding overrides: [String] = []) throws -> ModelConfiguration {
  try ModelConfiguration(ConfigurationNode(contentsOf: "\(goldens)/\(name).yaml", overriding: overrides))
}

/// The fixtures are those of the model's own conformance tests.
private let goldens = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().appendingPathComponent("../StrataModelTests/Goldens").standardized.path
