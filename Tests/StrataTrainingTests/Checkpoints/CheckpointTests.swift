import Foundation
import StrataTensor
import StrataTraining
import TestSupport
import Testing

@Suite struct CheckpointTests {
  private func folder(_ path: String, configuration: String = "{}") -> CheckpointFolder {
    CheckpointFolder(path: path, configuration: configuration)
  }

  private func names(in path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  @Test(arguments: [1, 2])
  func interruptingAndResumingGivesTheSameBits(threads: Int) throws {
    let uninterrupted = try train(ToyTask(validationCount: 5), .toy(validationInterval: 3)).state
    try withTemporaryFolder { path in
      let trainer = try Trainer(
        ToyTask(validationCount: 5), configuration: .toy(validationInterval: 3), threads: threads,
        checkpoints: folder(path))
      for stop in [3, 4, 7] {
        var state = try trainer.resume(with: ToyModel(seed: 1))
        var events: [TrainingEvent] = []
        var steps = state.step
        let outcome = try trainer.train(&state) {
          events.append($0)
        } interruption: {
          steps += 1
          return steps == stop ? .terminate : nil
        }
        #expect(outcome == .interrupted(.terminate) && state.step == stop)
        #expect(events.last == .interrupted(step: stop, by: .terminate))
        #expect(events.dropLast().last == .checkpointed(step: stop, path: "\(path)/step-00000000\(stop)"))
      }
      let resumed = try train(ToyTask(validationCount: 5), .toy(validationInterval: 3), checkpoints: folder(path)).state
      #expect(resumed.step == 10)
      #expect(bits(of: resumed.model) == bits(of: uninterrupted.model))
      #expect(bits(of: resumed.result) == bits(of: uninterrupted.result))
      #expect(resumed.best == uninterrupted.best)
    }
  }

  @Test func aModelIsTakenFromACheckpointWithoutATrainer() throws {
    try withTemporaryFolder { path in
      let state = try train(checkpoints: folder(path)).state
      let checkpoint = try #require(Checkpoint.latest(in: path).checkpoint)
      var model = ToyModel(seed: 2)
      try checkpoint.load(into: &model)
      #expect(bits(of: model) == bits(of: state.result))
      try checkpoint.load(into: &model, averaged: false)
      #expect(bits(of: model) == bits(of: state.model) && bits(of: state.model) != bits(of: state.result))
      var other = Affine(weight: NDArray([2], [1, 2]), bias: NDArray([1], [3]))
      let error = #expect(throws: TrainingFileError.self) { try checkpoint.load(into: &other) }
      #expect(
        error?.problem
          == "does not fit: \(checkpoint.path)/average.safetensors: 'first.weight' is not a parameter of the model")
      #expect(other.bias.value.elements == [3])
    }
  }

  @Test func aSignalAtTheLastStepChangesNothing() throws {
    let trainer = try Trainer(ToyTask(), configuration: .toy(length: .steps(1)), threads: 1)
    var state = trainer.start(with: ToyModel(seed: 1))
    #expect(try trainer.train(&state, interruption: { .interrupt }) == .finished)
  }

  @Test func keepsTheNewestOnes() throws {
    try withTemporaryFolder { path in
      _ = try train(ToyTask(), .toy(checkpointInterval: 3, checkpointsKept: 2), checkpoints: folder(path))
      #expect(try names(in: path) == ["step-000000009", "step-000000010"])
      #expect(
        try names(in: "\(path)/step-000000010") == [
          "average.safetensors", "configuration.json", "manifest.json", "model.safetensors", "optimizer.safetensors",
          "state.json",
        ])
    }
  }

  @Test func resumingAFinishedTrainingDoesNothing() throws {
    try withTemporaryFolder { path in
      let first = try train(checkpoints: folder(path)).state
      let (second, events) = try train(checkpoints: folder(path))
      #expect(bits(of: first.model) == bits(of: second.model))
      #expect(events.count == 2 && second.step == 10)
    }
  }

  @Test func anUnfinishedCheckpointIsIgnored() throws {
    try withTemporaryFolder { path in
      let uninterrupted = try train(ToyTask(), .toy(checkpointInterval: 4), checkpoints: folder(path)).state
      try FileManager.default.moveItem(
        atPath: "\(path)/step-000000010", toPath: "\(path)/.step-000000010.1-2.partial")
      let search = Checkpoint.latest(in: path)
      #expect(search.checkpoint?.step == 8)
      #expect(search.ignored.map(\.name) == [".step-000000010.1-2.partial"])
      #expect(search.ignored.map(\.reason) == ["it was not finished"])
      let (resumed, events) = try train(ToyTask(), .toy(checkpointInterval: 4), checkpoints: folder(path))
      #expect(
        events.first == .ignoredCheckpoint(name: ".step-000000010.1-2.partial", reason: "it was not finished"))
      #expect(bits(of: resumed.model) == bits(of: uninterrupted.model))
      #expect(try names(in: path) == ["step-000000008", "step-000000010"])
    }
  }

  @Test(arguments: [
    "average.safetensors", "configuration.json", "manifest.json", "model.safetensors", "optimizer.safetensors",
    "state.json",
  ])
  func aDamagedCheckpointIsIgnoredWithItsReason(file: String) throws {
    try withTemporaryFolder { path in
      _ = try train(ToyTask(), .toy(checkpointInterval: 4), checkpoints: folder(path))
      let damaged = "\(path)/step-000000010/\(file)"
      let whole = try Data(contentsOf: URL(filePath: damaged))
      func reason() throws -> String {
        let search = Checkpoint.latest(in: path)
        #expect(search.checkpoint?.step == 8)
        #expect(search.ignored.map(\.name) == ["step-000000010"])
        return try #require(search.ignored.first).reason
      }

      try whole.dropLast(1).write(to: URL(filePath: damaged))
      #expect(try reason().hasPrefix(damaged))
      if file != "manifest.json" {
        #expect(try reason() == "\(damaged): has \(whole.count - 1) bytes, expected \(whole.count)")
      }
      var flipped = whole
      flipped[flipped.startIndex + whole.count / 2] ^= 1
      try flipped.write(to: URL(filePath: damaged))
      if file != "manifest.json" { #expect(try reason() == "\(damaged): is damaged: its checksum differs") }
      try FileManager.default.removeItem(atPath: damaged)
      #expect(try reason().hasPrefix("\(damaged): cannot be read: "))
      try whole.write(to: URL(filePath: damaged))
      #expect(Checkpoint.latest(in: path).checkpoint?.step == 10)
    }
  }

  @Test func aFolderThatDoesNotExistHoldsNone() {
    let search = Checkpoint.latest(in: "/nonexistent/checkpoints")
    #expect(search.checkpoint == nil && search.ignored.isEmpty)
  }

  @Test func goesOnOnlyWithTheSameConfigurationAndData() throws {
    try withTemporaryFolder { path in
      _ = try train(checkpoints: folder(path))
      let newest = "\(path)/step-000000010"
      #expect {
        try train(checkpoints: folder(path, configuration: "{\"seed\":4}"))
      } throws: {
        "\($0)" == "\(newest): was made with another configuration: 'seed' is not set there and 4 here; give the same "
          + "one, or choose another folder"
      }
      #expect {
        try train(ToyTask(dataDigest: "other"), checkpoints: folder(path))
      } throws: {
        "\($0)"
          == "\(newest): was made with other data (toy, here other); give the same stores, or choose another folder"
      }
      #expect {
        try train(ToyTask(), .toy(average: nil), checkpoints: folder(path))
      } throws: {
        "\($0)" == "\(newest): was made with another decay of the average"
      }
      #expect {
        try train(ToyTask(), .toy(frozen: ["first.weight"]), checkpoints: folder(path))
      } throws: {
        "\($0)" == "\(newest)/optimizer.safetensors: the optimiser state does not fit the model: "
          + "array 'mean/first.weight' belongs to no parameter"
      }
      var lion = TrainingConfiguration.toy()
      lion.optimizer = Lion(learningRate: 1)
      #expect {
        try train(ToyTask(), lion, checkpoints: folder(path))
      } throws: {
        "\($0)" == "\(newest): was made with AdamW, not with Lion"
      }
    }
  }

  @Test func doesNotStartAnewAmongLaterCheckpoints() throws {
    try withTemporaryFolder { path in
      _ = try train(checkpoints: folder(path))
      let trainer = try Trainer(ToyTask(), configuration: .toy(), threads: 1, checkpoints: folder(path))
      var state = trainer.start(with: ToyModel(seed: 1))
      #expect {
        try trainer.train(&state)
      } throws: {
        "\($0)" == "\(path)/step-000000010: is a checkpoint of step 10, and training would begin at step 0: "
          + "resume, or choose another folder"
      }
    }
  }

  @Test func aFolderThatCannotBeWrittenIsNamed() throws {
    try withTemporaryFolder { path in
      try Data().write(to: URL(filePath: "\(path)/file"))
      #expect {
        try train(checkpoints: folder("\(path)/file/checkpoints"))
      } throws: {
        "\($0)".hasPrefix("\(path)/file/checkpoints: cannot be created: ")
      }
    }
  }
}
