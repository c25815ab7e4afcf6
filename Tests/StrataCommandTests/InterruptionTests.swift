import Foundation
import Testing

/// Signals during training, and going on afterwards.
@Suite struct InterruptionTests {
  private let place = Workplace()

  private func train(_ folder: String, _ more: [String] = []) throws -> RunningCommand {
    try place.start(Workplace.training(steps: 400, "--output", folder, "--log-format", "json") + more)
  }

  @Test(arguments: [(SIGINT, 130), (SIGTERM, 75)] as [(Int32, Int32)])
  func aSignalWritesACheckpointAndTheTrainingGoesOn(number: Int32, status: Int32) throws {
    try place.simulate()
    let whole = try train("whole").finish()
    #expect(whole.status == 0)

    let interrupted = try train("parts")
    #expect(interrupted.waitForErrors(containing: "\"event\":\"step\",\"step\":5,"))
    interrupted.signal(number)
    let outcome = try interrupted.finish()
    #expect(outcome.status == status, "said: \(outcome.errors.suffix(500))")
    #expect(outcome.errors.contains("\"event\":\"interrupted\""))
    #expect(place.names(in: "parts/checkpoints").contains { $0.hasPrefix("step-") })
    #expect(!place.exists("parts/model.safetensors"))

    let early = try place.strata("detect", "cluster.zarr", "--run", "parts")
    #expect(early.status == 65 && early.errors.contains("parts: holds no detector; make one with"))

    #expect(try train("parts").finish().status == 0)
    #expect(try place.data(of: "parts/model.safetensors") == place.data(of: "whole/model.safetensors"))
    let (lines, expected) = (try losses("parts"), try losses("whole"))
    #expect(lines == expected && lines.count == 400)
  }

  @Test func resumingNeverRefusesAFolderWithCheckpoints() throws {
    try place.simulate()
    _ = try place.start(Workplace.training(steps: 4, "--output", "run", "-q")).finish()
    let again = try place.start(Workplace.training(steps: 4, "--output", "run", "--resume", "never")).finish()
    #expect(again.status == 1)
    #expect(
      again.errors.contains("run/checkpoints: exists already; choose another --output, or go on with --resume auto"))
    let other = try place.start(Workplace.training(steps: 5, "--output", "run")).finish()
    #expect(other.status == 65 && other.errors.contains("was made with another configuration"))
  }

  @Test func anotherFoldersCheckpointsCanBeContinued() throws {
    try place.simulate()
    let first = try train("first")
    #expect(first.waitForErrors(containing: "\"event\":\"step\",\"step\":5,"))
    first.signal(SIGINT)
    #expect(try first.finish().status == 130)
    #expect(try train("second", ["--resume", "first"]).finish().status == 0)
    #expect(try train("whole").finish().status == 0)
    #expect(try place.data(of: "second/model.safetensors") == place.data(of: "whole/model.safetensors"))
  }

  /// A hundred recordings take most of a second; the signal comes after the first.
  @Test func anInterruptedImportLeavesNothingBehind() throws {
    let rows = (0..<3000).map { "\($0),\($0 % 7),1\n" }.joined()
    let labels = String(repeating: "0\n", count: 3000)
    for service in 100..<200 {
      try place.write(rows, to: "services/train/s\(service).csv")
      try place.write(rows, to: "services/test/s\(service).csv")
      try place.write(labels, to: "services/test_label/s\(service).csv")
    }
    let running = try place.start(["import", "jumpstarter", "services", "--output", "stores"])
    #expect(running.waitForErrors(containing: "s100: "))
    running.signal(SIGINT)
    let outcome = try running.finish()
    #expect(outcome.status == 130 && outcome.errors.contains("interrupted by SIGINT; nothing was kept"))
    #expect(place.names().allSatisfy { $0 != "stores" && !$0.hasPrefix(".stores") })
  }

  /// The loss of every step that the metrics of a folder list.
  private func losses(_ folder: String) throws -> [Double] {
    struct Line: Decodable {
      let event: String
      let loss: Double?
    }
    return try place.text(of: "\(folder)/metrics.jsonl").split(separator: "\n").compactMap { text in
      let line = try JSONDecoder().decode(Line.self, from: Data(text.utf8))
      return line.event == "step" ? line.loss : nil
    }
  }
}
