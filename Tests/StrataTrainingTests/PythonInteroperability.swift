import Foundation
import StrataNeural
import StrataTraining
import TestSupport
import Testing

/// What the reference readers of our files say: needs `tensorboard` and `safetensors`, which `make test` installs.
@Suite struct PythonInteroperability {
  @Test func tensorboardReadsTheScalars() throws {
    try withTemporaryFolder { folder in
      var writer = try TensorBoardWriter(folder: folder)
      let events = try train(ToyTask(validationCount: 4), .toy(length: .steps(3))).events
      for event in events { try writer.observe(event) }
      let text = try python(
        """
        import sys
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
        events = EventAccumulator(sys.argv[1]).Reload()
        for tag in sorted(events.Tags()["scalars"]):
            print(tag, *(f"{e.step}:{e.value!r}" for e in events.Scalars(tag)))
        """, folder)
      let tags = text.split(separator: "\n").map { $0.split(separator: " ") }
      #expect(
        tags.map { $0[0] } == [
          "gradient_norm", "learning_rate", "loss", "loss/error", "loss/size", "validation_loss",
          "validation_loss/error", "validation_loss/size", "windows_per_second",
        ])
      let losses = events.compactMap { event -> String? in
        if case .step(let step) = event { "\(step.step):\(Double(Float(step.loss)))" } else { nil }
      }
      #expect(try #require(tags.first { $0[0] == "loss" }).dropFirst().map(String.init) == losses)
    }
  }

  @Test func tensorboardDropsTheStepsThatAreMadeAgain() throws {
    try withTemporaryFolder { folder in
      for (first, last) in [(0, 5), (3, 6)] {
        var writer = try TensorBoardWriter(folder: folder)
        try writer.observe(
          .started(
            TrainingPlan(
              stepCount: 6, firstStep: first, stepsPerEpoch: 1, batch: 1, slice: 1, threads: 1, parameterCount: 1)))
        for step in first + 1...last { try writer.append([("loss", Double(10 * first + step))], step: step) }
      }
      let text = try python(
        """
        import sys
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
        print(*((e.step, e.value) for e in EventAccumulator(sys.argv[1]).Reload().Scalars("loss")))
        """, folder)
      #expect(text == "(1, 1.0) (2, 2.0) (3, 3.0) (4, 34.0) (5, 35.0) (6, 36.0)\n")
    }
  }

  @Test func safetensorsReadsTheParameters() throws {
    try withTemporaryFolder { folder in
      let state = try train(checkpoints: CheckpointFolder(path: folder, configuration: "{}")).state
      let text = try python(
        """
        import sys
        from safetensors.numpy import load_file
        arrays = load_file(sys.argv[1])
        for name in sorted(arrays): print(name, arrays[name].shape, arrays[name].dtype)
        print(*(int(v) for v in arrays["second.weight"].view("uint32").ravel()))
        """, "\(folder)/step-000000010/model.safetensors")
      let lines = text.split(separator: "\n")
      #expect(
        lines.dropLast() == [
          "first.bias (8,) float32", "first.weight (3, 8) float32", "second.bias (1,) float32",
          "second.weight (8, 1) float32",
        ])
      #expect(lines.last?.split(separator: " ").map { UInt32($0) } == bits(of: state.model.second.weight))
    }
  }
}
