import Foundation
import Testing

/// What a training does in its folder, and what is asked of it.
@Suite struct TrainingFolderTests {
  private let place = Workplace()

  private func train(_ more: String...) throws -> RunningCommand {
    try place.start(Workplace.training(steps: 4000, "--output", "run", "--log-format", "json") + more)
  }

  @Test func twoTrainingsDoNotShareAFolder() throws {
    try place.simulate()
    let first = try train()
    #expect(first.waitForErrors(containing: "\"event\":\"step\",\"step\":2,"))
    let second = try train().finish()
    #expect(second.status == 1)
    let process = try place.text(of: "run/.lock").filter(\.isNumber)
    #expect(second.errors.contains("run: process \(process) trains in it; wait for its end"), "said: \(second.errors)")
    #expect(place.names(in: "run").filter { $0.hasPrefix("events.out.tfevents.") }.count == 1)
    first.signal(SIGINT)
    #expect(try first.finish().status == 130)
    #expect(!place.exists("run/.lock"))
  }

  @Test func aLockLeftBehindIsNoObstacle() throws {
    try place.simulate()
    let killed = try train()
    #expect(killed.waitForErrors(containing: "\"event\":\"step\",\"step\":2,"))
    killed.signal(SIGKILL)
    _ = try killed.finish()
    #expect(place.exists("run/.lock"))
    let next = try train()
    #expect(next.waitForErrors(containing: "\"event\":\"step\","))
    next.signal(SIGINT)
    #expect(try next.finish().status == 130)
  }

  @Test func filesThatCannotBeWrittenExitWith74() throws {
    try place.simulate()
    try place.write("", to: "run/metrics.jsonl/x")
    let outcome = try train().finish()
    #expect(outcome.status == 74)
    #expect(outcome.errors.contains("run/metrics.jsonl: cannot be written: "), "said: \(outcome.errors)")
  }

  @Test func oneSettingReplacesItsAlternative() throws {
    try place.simulate()
    let settings = ["train", "cluster.zarr", "--output", "run", "-q"] + Workplace.settings.flatMap { ["--set", $0] }
    func outcome(_ more: String...) throws -> Workplace.Outcome {
      try place.start(settings + more.flatMap { ["--set", $0] }).finish()
    }
    let wrong = try outcome("training.steps=abc")
    #expect(wrong.status == 64)
    #expect(wrong.errors.contains("'training.steps' must be a whole number, found 'abc'"), "said: \(wrong.errors)")
    let both = try outcome("training.steps=2", "training.epochs=1")
    #expect(both.status == 64 && both.errors.contains("give either 'steps' or 'epochs'"), "said: \(both.errors)")
    #expect(!place.exists("run"))
    let steps = try outcome("training.steps=2")
    #expect(steps.status == 0 && steps.output.hasPrefix("run: 2 steps"), "said: \(steps.errors)")
  }

  @Test func missingScoresAreNamed() throws {
    try place.simulate()
    #expect(try place.start(Workplace.training(steps: 2, "--output", "run", "-q")).finish().status == 0)
    #expect(try place.strata("detect", "cluster.zarr", "--run", "run", "--output", "found").status == 0)
    var bytes = try place.data(of: "found/scores.safetensors")
    let header = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    bytes.replaceSubrange(8 + header + 120..<8 + header + 124, with: [0, 0, 0xC0, 0x7F])
    try bytes.write(to: URL(filePath: place("found/scores.safetensors")))
    let outcome = try place.strata("evaluate", "found", "cluster.zarr")
    #expect(outcome.status == 65)
    let message = /found\/scores.safetensors: the score of 'c0\/.*' in run 'tiny' at sample \d+ is not a number; make/
    #expect(outcome.errors.contains(message), "said: \(outcome.errors)")
  }
}
