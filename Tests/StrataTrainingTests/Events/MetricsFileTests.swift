import Foundation
import StrataTraining
import TestSupport
import Testing

@Suite struct MetricsFileTests {
  private func lines(_ path: String) throws -> [[String: Any]] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  private func step(_ number: Int, part: String = "error") -> TrainingEvent {
    .step(
      TrainingStep(
        step: number, stepCount: 9, loss: 0.5, parts: [LossPart(name: part, value: 0.25)], learningRate: 1e-3,
        gradientNorm: 2, batch: 8, duration: .milliseconds(250)))
  }

  private func started(at step: Int) -> TrainingEvent {
    .started(
      TrainingPlan(stepCount: 9, firstStep: step, stepsPerEpoch: 3, batch: 8, slice: 4, threads: 1, parameterCount: 5))
  }

  @Test func stepsAndEvaluationsAreLines() throws {
    try withTemporaryFolder { folder in
      var file = MetricsFile(path: "\(folder)/metrics.jsonl")
      let evaluation = TrainingEvaluation(step: 1, loss: 3, parts: [LossPart(name: "error", value: 3)], isBest: true)
      for event in [started(at: 0), step(1), .evaluated(evaluation), .checkpointed(step: 1, path: "x")] {
        try file.observe(event)
      }
      let text = try String(contentsOfFile: "\(folder)/metrics.jsonl", encoding: .utf8)
      #expect(
        text == """
          {"event":"step","step":1,"loss":0.5,"loss/error":0.25,"learning_rate":0.001,"gradient_norm":2.0,\
          "seconds":0.25,"windows_per_second":32.0}
          {"event":"evaluated","step":1,"validation_loss":3.0,"validation_loss/error":3.0,"best":true}

          """)
    }
  }

  @Test func resumingDropsWhatWillBeMadeAgain() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/metrics.jsonl"
      var first = MetricsFile(path: path)
      for event in [started(at: 0), step(1), step(2), step(3)] { try first.observe(event) }
      let half = try FileHandle(forWritingTo: URL(filePath: path))
      try half.seekToEnd()
      try half.write(contentsOf: Data("{\"event\":\"step\",\"st".utf8))
      var second = MetricsFile(path: path)
      for event in [started(at: 2), step(3, part: "again")] { try second.observe(event) }
      let lines = try lines(path)
      #expect(lines.map { $0["step"] as? Int } == [1, 2, 3])
      #expect(lines[2]["loss/again"] as? Double == 0.25)
    }
  }

  @Test func aNewTrainingStartsANewFile() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/metrics.jsonl"
      for part in ["old", "new"] {
        var file = MetricsFile(path: path)
        for event in [started(at: 0), step(1, part: part)] { try file.observe(event) }
      }
      #expect(try lines(path).count == 1)
      #expect(try lines(path)[0]["loss/new"] as? Double == 0.25)
    }
  }

  @Test func aFolderThatDoesNotExistIsNamed() {
    var file = MetricsFile(path: "/nonexistent/metrics.jsonl")
    #expect {
      try file.observe(step(1))
    } throws: {
      "\($0)" == "/nonexistent/metrics.jsonl: cannot be opened: No such file or directory"
    }
  }

  @Test func everyEventIsOneJSONObject() throws {
    let events: [TrainingEvent] = [
      started(at: 4), step(5, part: "a\"b\\c\n/ü"), .checkpointed(step: 5, path: "c/d"),
      .ignoredCheckpoint(name: "n", reason: "r"), .finished(step: 9, duration: .seconds(1)),
      .interrupted(step: 9, by: .terminate),
      .step(
        TrainingStep(
          step: 1, stepCount: 9, loss: .infinity, parts: [], learningRate: 1, gradientNorm: .nan, batch: 1,
          duration: .zero)),
    ]
    for event in events {
      #expect(!event.jsonLine.contains("\n"))
      let object = try JSONSerialization.jsonObject(with: Data(event.jsonLine.utf8)) as? [String: Any]
      #expect(object?["event"] is String)
    }
    let decoded = try JSONSerialization.jsonObject(with: Data(events[1].jsonLine.utf8)) as? [String: Any]
    #expect(decoded?["loss/a\"b\\c\n/ü"] as? Double == 0.25)
  }
}
