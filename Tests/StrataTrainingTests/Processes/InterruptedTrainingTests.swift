import Foundation
import StrataTraining
import TestSupport
import Testing

/// Trainings in processes of their own, killed and resumed.
@Suite struct InterruptedTrainingTests {
  /// Every array of the last checkpoint, as bytes.
  private func result(in folder: String) throws -> [String: Data] {
    let files = ["model", "average", "optimizer"].map { "\($0).safetensors" }
    return try Dictionary(
      uniqueKeysWithValues: files.map { ($0, try Data(contentsOf: URL(filePath: "\(folder)/step-000000020/\($0)"))) })
  }

  /// What a training leaves behind that nothing interrupts.
  private func uninterrupted(threads: Int) throws -> [String: Data] {
    try withTemporaryFolder { folder in
      let (_, status) = try ProbeProcess(folder: folder, threads: threads).finish()
      #expect(status == 0)
      return try result(in: folder)
    }
  }

  @Test func oneAndTwoThreadsGiveTheSameBytes() throws {
    #expect(try uninterrupted(threads: 1) == uninterrupted(threads: 2))
  }

  @Test func killedAndResumedGivesTheSameBytes() throws {
    let expected = try uninterrupted(threads: 1)
    try withTemporaryFolder { folder in
      for step in [2, 8, 13] {
        let process = try ProbeProcess(folder: folder, threads: step == 8 ? 2 : 1, pausingAt: step)
        try process.waitForStep(step)
        process.signal(SIGKILL)
        #expect(try process.finish().status == -SIGKILL)
        #expect((Checkpoint.latest(in: folder).checkpoint?.step ?? 0) < step)
      }
      let (events, status) = try ProbeProcess(folder: folder, threads: 2).finish()
      #expect(status == 0)
      #expect(events.first { $0["event"] as? String == "started" }?["step"] as? Int == 12)
      #expect(try result(in: folder) == expected)
    }
  }

  @Test func killedAtAnyMomentGivesTheSameBytes() throws {
    let expected = try uninterrupted(threads: 1)
    try withTemporaryFolder { folder in
      // Each process is killed right after a checkpoint was announced or a few events later, wherever it then is.
      for count in [3, 7, 5, 9, 6] {
        let process = try ProbeProcess(folder: folder, threads: 2)
        for _ in 0..<count { _ = try process.nextEvent() }
        process.signal(SIGKILL)
        _ = try process.finish()
      }
      #expect(try ProbeProcess(folder: folder, threads: 1).finish().status == 0)
      #expect(try result(in: folder) == expected)
    }
  }

  @Test(arguments: [(SIGINT, 130, "SIGINT"), (SIGTERM, 75, "SIGTERM")] as [(Int32, Int32, String)])
  func aSignalFinishesTheStepAndWritesACheckpoint(number: Int32, code: Int32, name: String) throws {
    let expected = try uninterrupted(threads: 1)
    try withTemporaryFolder { folder in
      let process = try ProbeProcess(folder: folder, threads: 1, pausingAt: 7)
      try process.waitForStep(7)
      process.signal(number)
      try process.unpause()
      let (events, status) = try process.finish()
      #expect(status == code)
      #expect(events.map { $0["event"] as? String } == ["checkpointed", "interrupted"])
      #expect(events.last?["step"] as? Int == 7 && events.last?["signal"] as? String == name)
      #expect(Checkpoint.latest(in: folder).checkpoint?.step == 7)
      #expect(try ProbeProcess(folder: folder, threads: 1).finish().status == 0)
      #expect(try result(in: folder) == expected)
    }
  }
}
