import Foundation
import StrataDiagnosis
import StrataInference
import StrataModel
import StrataPipeline
import StrataTelemetry
import StrataTensor
import StrataTraining
import TestSupport
import Testing

@Suite struct TrainingSessionTests {
  private static let settings = ["training.steps=8", "training.checkpoint={every: 3, keep: 2}"]

  private func data(_ overrides: [String] = settings) throws -> TrainingData {
    try TrainingData([SampleCluster().run()], configuration: pipeline(overriding: overrides), threads: 1)
  }

  @Test func oneCallTrainsAndFillsTheFolder() throws {
    try withTemporaryFolder { path in
      let folder = RunFolder("\(path)/run")
      var events: [TrainingEvent] = []
      let outcome = try TrainingSession(data(), folder: folder, threads: 2).run { events.append($0) }
      guard case .finished(let result) = outcome else { return #expect(Bool(false), "was interrupted") }
      #expect(result.steps == 8 && result.curve.training.count == 8)
      let steps = events.count { if case .step = $0 { true } else { false } }
      #expect(steps == 8)
      for file in [folder.configuration, folder.environment, folder.scale, folder.metrics, folder.model] {
        #expect(FileManager.default.fileExists(atPath: file), "\(file)")
      }
      #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/.lock"))
      let read = try TrainedPipeline(opening: folder)
      #expect(bits(read.model) == bits(result.pipeline.model) && read.provenance == result.pipeline.provenance)
      // The weights say how they are built, so that no YAML is read to run the model.
      let frozen = try FrozenModel(contentsOf: URL(filePath: folder.path))
      #expect(frozen.layers == read.model.layers)
    }
  }

  @Test func anInterruptedSessionGoesOnToTheSameBits() throws {
    try withTemporaryFolder { path in
      let (whole, parts) = (RunFolder("\(path)/whole"), RunFolder("\(path)/parts"))
      guard case .finished(let expected) = try TrainingSession(data(), folder: whole, threads: 1).run() else { return }
      var asked = 0
      let stopped = try TrainingSession(data(), folder: parts, threads: 2).run(interruption: {
        asked += 1
        return asked == 4 ? .terminate : nil
      })
      guard case .interrupted(.terminate) = stopped else { return #expect(Bool(false), "was not interrupted") }
      #expect(!FileManager.default.fileExists(atPath: parts.model))
      var first: Int?
      let resumed = try TrainingSession(data(), folder: parts, threads: 2).run { event in
        if case .started(let plan) = event { first = plan.firstStep }
      }
      guard case .finished(let result) = resumed else { return #expect(Bool(false), "was interrupted") }
      #expect(first == 4 && result.steps == 8)
      #expect(bits(result.pipeline.model) == bits(expected.pipeline.model))
      let metrics = try String(contentsOfFile: parts.metrics, encoding: .utf8).split(separator: "\n")
      #expect(metrics.filter { $0.contains(#""event":"step""#) }.count == 8)
    }
  }

  @Test func anotherFolderCanBeGoneOnFrom() throws {
    try withTemporaryFolder { path in
      let (first, second) = (RunFolder("\(path)/first"), RunFolder("\(path)/second"))
      _ = try TrainingSession(data(), folder: first, threads: 1).run(interruption: { .interrupt })
      let session = try TrainingSession(data(), folder: second, start: .checkpoints(in: first.path), threads: 1)
      var started: Int?
      _ = try session.run { if case .started(let plan) = $0 { started = plan.firstStep } }
      #expect(started == 1)
    }
  }

  @Test func whatIsWrongWithAFolderIsSaid() throws {
    try withTemporaryFolder { path in
      let folder = RunFolder("\(path)/run")
      func expect(
        _ message: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
      ) {
        #expect(sourceLocation: sourceLocation) { try body() } throws: { "\($0)" == message }
      }
      expect("\(path)/none: there is no such file or folder; check the path") {
        _ = try TrainingSession(data(), folder: folder, start: .checkpoints(in: "\(path)/none"), threads: 1)
      }
      expect("\(path): holds no checkpoint to go on from") {
        _ = try TrainingSession(data(), folder: folder, start: .checkpoints(in: path), threads: 1).run()
      }
      // Nothing was begun, so nothing is left.
      #expect(!FileManager.default.fileExists(atPath: folder.path))
      _ = try TrainingSession(data(), folder: folder, threads: 1).run(interruption: { .interrupt })
      expect("\(folder.checkpoints): exists already; choose another folder, or go on from its checkpoint") {
        _ = try TrainingSession(data(), folder: folder, start: .beginning, threads: 1)
      }
      #expect(throws: TrainingFileError.self) {
        try TrainingSession(data(["training.steps=9"]), folder: folder, threads: 1).run()
      }
      try write("in the way", to: "\(path)/file")
      expect("\(path)/file/run: cannot be created; check the disk and the permissions") {
        _ = try TrainingSession(data(), folder: RunFolder("\(path)/file/run"), threads: 1).run()
      }
    }
  }

  private func bits(_ model: JointModel) -> [UInt32] {
    model.namedArrays().flatMap { $0.array.elements.map(\.bitPattern) }
  }
}
