import StrataTelemetry
import StrataTensor
import StrataTraining
import Testing
import TrainingProbe

@Suite struct JointTrainingTaskTests {
  @Test func theDigestFollowsTheData() throws {
    let digest = try toyTraining(on: toyRun(seed: 1)).task.dataDigest
    #expect(digest.hasPrefix("crc32c:") && digest.count == 15)
    #expect(try toyTraining(on: toyRun(seed: 1)).task.dataDigest == digest)
    #expect(try toyTraining(on: toyRun(seed: 2)).task.dataDigest != digest)
    #expect(try toyTraining(on: toyRun(seed: 1, sampleCount: 301)).task.dataDigest != digest)
  }

  @Test func slicesAreTheWindowsAskedFor() throws {
    let task = try toyTraining(on: toyRun(seed: 1)).task
    var generator = Generator(seed: 1)
    let slice = task.slice([5, 0], using: &generator)
    #expect(slice.origins == [task.windows.origin(5), task.windows.origin(0)])
    #expect(slice.layers.map(\.layer) == [.physical, .compute] && slice.length == 16)
    #expect(task.validationSlice([1]).origins.count == 1 && task.validationCount > 0)
  }

  @Test func theLossOfAJointModelFalls() throws {
    let (task, model, training, _) = try toyTraining(on: toyRun(seed: 1), overriding: ["training.steps=80"])
    let trainer = try Trainer(task, configuration: training, threads: 2)
    var state = trainer.start(with: model)
    var losses: [Double] = []
    _ = try trainer.train(&state) { event in
      if case .evaluated(let evaluation) = event { losses.append(evaluation.loss) }
    }
    #expect(try #require(losses.last) < 0.9 * losses[0])
  }
}
