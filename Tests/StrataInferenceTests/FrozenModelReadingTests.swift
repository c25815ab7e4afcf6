import Foundation
import StrataInference
import StrataModel
import StrataTelemetry
import StrataTensor
import Testing

@Suite struct FrozenModelReadingTests {
  private struct Settings: Encodable { let model: ModelConfiguration }

  /// Where a folder says how its model is built: in the metadata of the weights, as a run folder does, or beside them.
  enum Place: CaseIterable { case metadata, besides }

  /// Writes what a checkpoint or a run folder holds of a model.
  private func withModel(_ model: JointModel, described place: Place, _ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "frozen-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let settings = try JSONEncoder().encode(Settings(model: model.configuration))
    if place == .besides { try settings.write(to: folder.appending(path: "configuration.json")) }
    try SafetensorsFile.write(
      model.namedArrays().map { ($0.name, $0.array) },
      metadata: place == .metadata ? ["configuration": String(decoding: settings, as: UTF8.self)] : [:],
      to: folder.appending(path: "model.safetensors").path)
    try body(folder)
  }

  @Test(arguments: Place.allCases) func aFolderGivesTheModelThatWasSaved(place: Place) throws {
    let model = sampleModel(fusion: FrozenModelTests.fusions[3], decoder: FrozenModelTests.decoders[3])
    try withModel(model, described: place) { folder in
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
    try withModel(sampleModel(), described: .besides) { folder in
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
      try FileManager.default.removeItem(at: folder.appending(path: "configuration.json"))
      try SafetensorsFile.write([(name: "x", array: NDArray(scalar: 1))], to: weights.path)
      #expect(
        message()
          == "\(folder.path): does not say how its model is built; give the folder that 'strata train' wrote")
    }
  }
}
