import Foundation
import StrataInference
import StrataModel
import StrataTelemetry
import StrataTensor
import Testing

@Suite struct FrozenStreamStateTests {
  @Test func aRestoredStreamGoesOnBitByBit() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("stream-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = "\(folder)/state", run = StreamedRun(entities: 5, samples: 30), model = try FrozenModel(sampleModel())
    var stream = try model.makeStream(entities: 5, windowLength: 16)
    for time in 0..<20 { stream.advance(0..<5, run.samples(at: time, of: 0..<5)) }
    try stream.save(to: path)
    var restored = try model.makeStream(entities: 5, windowLength: 16)
    try restored.restore(from: path)
    var (one, other) = ([Float](repeating: 0, count: 60), [Float](repeating: 0, count: 60))
    for time in 20..<30 {
      stream.advance(0..<5, run.samples(at: time, of: 0..<5))
      restored.advance(0..<5, run.samples(at: time, of: 0..<5))
      stream.embed(0..<5, into: &one)
      restored.embed(0..<5, into: &other)
      #expect(one == other)
      #expect(stream.score(of: 3, .physical) == restored.score(of: 3, .physical))
    }
    try expectRefusals(model, path)
  }

  /// What int8 keeps depends on the windows it was calibrated with.
  @Test func aStateOfAnotherCalibrationIsRefused() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("state-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    func stream(calibratedOn count: Int) throws -> FrozenStream {
      try FrozenModel(sampleModel(), precision: .int8, calibration: sampleBatch(count: count))
        .makeStream(entities: 2, windowLength: 4)
    }
    try stream(calibratedOn: 5).save(to: path)
    var same = try stream(calibratedOn: 5)
    try same.restore(from: path)
    #expect(throws: StreamError.self) {
      var other = try stream(calibratedOn: 8)
      try other.restore(from: path)
    }
  }

  private func expectRefusals(_ model: FrozenModel, _ path: String) throws {
    func message(_ model: FrozenModel, entities: Int = 5, _ path: String) throws -> String {
      var stream = try model.makeStream(entities: entities, windowLength: 16)
      do { try stream.restore(from: path) } catch { return "\(error)" }
      return "no error"
    }
    let other =
      "the state of the stream in \(path) is that of another model, precision, number of entities or window length, or of other kernels"
    #expect(try message(model, entities: 6, path) == other)
    #expect(try message(FrozenModel(sampleModel(), precision: .bf16), path) == other)
    #expect(try message(FrozenModel(sampleModel(), precision: .int8, calibration: sampleBatch()), path) == other)
    #expect(try message(FrozenModel(sampleModel(fusion: .late)), path) == other)
    #expect(try message(model, path + "x") == "\(path)x: cannot be opened: No such file or directory")
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try bytes.dropLast(9).write(to: URL(fileURLWithPath: path + "short"))
    #expect(
      try message(model, path + "short")
        == "the state of the stream in \(path)short has \(bytes.count - 9) bytes, expected \(bytes.count)")
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: URL(fileURLWithPath: path + "bad"))
    #expect(
      try message(model, path + "bad") == "the state of the stream in \(path)bad is damaged: its checksum differs")
    try Data("hello".utf8).write(to: URL(fileURLWithPath: path + "text"))
    #expect(try message(model, path + "text") == "the state of the stream in \(path)text is no state of a stream")
  }
}
