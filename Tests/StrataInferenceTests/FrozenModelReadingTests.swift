import Foundation
import StrataInference
import StrataModel
import StrataTelemetry
import StrataTensor
import Testing

@Suite struct FrozenModelReadingTests {
  private struct Settings: Encodable { let model: ModelConfiguration }

  /// Writes what a checkpoint or a run folder holds of a model.
  private func withModel(_ model: JointModel, named name: String, _ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "frozen-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try JSONEncoder().encode(Settings(model: model.configuration)).write(to: folder.appending(path: name))
    try SafetensorsFile.write(model.namedArrays(), to: folder.appending(path: "model.safetensors").path)
    try body(folder)
  }

  @Test(arguments: ["config.yaml", "configuration.json"]) func aFolderGivesTheModelThatWasSaved(name: String) throws {
    let model = sampleModel(fusion: FrozenModelTests.fusions[3], decoder: FrozenModelTests.decoders[3])
    try withModel(model, named: name) { folder in
      for precision in Precision.allCases {
        let read = try FrozenModel(contentsOf: folder, precision: precision, calibration: sampleBatch(count: 4))
        let packed = try FrozenModel(model, precision: precision, calibration: sampleBatch(count: 4))
        #expect(read.layers == model.layers && read.precision == precision)
        let (one, other) = (read.embed(sampleBatch()), packed.embed(sampleBatch()))
        #expect(one.joint.elements == other.joint.elements && one.scores.elements == other.scores.elements)
      }
    }
  }

  @Test func whatIsMissingIsNamed() throws {
    try withModel(sampleModel(), named: "config.yaml") { folder in
      func message() -> String {
        do { _ = try FrozenModel(contentsOf: folder) } catch { return "\(error)" }
        return "no error"
      }
      let weights = folder.appending(path: "model.safetensors")
      try SafetensorsFile.write([(name: "x", array: NDArray(scalar: 1))], to: weights.path)
      #expect(message() == "\(weights.path): holds no decoder of any layer, so it is no joint model")
      try Data(count: 3).write(to: weights)
      #expect(message().hasPrefix(weights.path))
      try FileManager.default.removeItem(at: weights)
      #expect(message() == "\(folder.path): has no model.safetensors: training has not finished")
      try FileManager.default.removeItem(at: folder.appending(path: "config.yaml"))
      #expect(
        message()
          == "\(folder.path): holds no model: there is neither config.yaml nor configuration.json; give the folder that "
          + "'strata train' wrote")
    }
  }
}
