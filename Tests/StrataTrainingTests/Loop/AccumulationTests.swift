import Foundation
import StrataTensor
import StrataTraining
import TestSupport
import Testing

/// Several batches per update.
@Suite struct AccumulationTests {
  /// A task in which nothing is drawn at random, so that batches differ in nothing but their size.
  private func certain(sampleCount: Int = 50) -> ToyTask {
    var task = ToyTask(sampleCount: sampleCount)
    (task.noise, task.dropout) = (0, 0)
    return task
  }

  /// The loss is a mean over samples. 30 samples fill three batches of eight and, in part, a fourth.
  @Test(arguments: [50, 30])
  func severalBatchesGiveTheUpdateOfOne(sampleCount: Int) throws {
    let (whole, wholeEvents) = try train(certain(sampleCount: sampleCount), .toy(batch: 32, slice: 8))
    let (several, events) = try train(certain(sampleCount: sampleCount), .toy(batch: 8, slice: 4, accumulate: 4))
    for (one, other) in zip(parameters(of: several.model), parameters(of: whole.model)) {
      expectClose(one, other, relative: 1e-3, absolute: 1e-4)
    }
    func losses(_ events: [TrainingEvent]) -> [Double] {
      events.compactMap { if case .step(let step) = $0 { step.loss } else { nil } }
    }
    expectClose(losses(events), losses(wholeEvents), relative: 1e-4)
  }

  @Test func anUpdateSeesTheSamplesOfAllItsBatches() throws {
    let task = certain()
    let events = try train(task, .toy(length: .epochs(2), batch: 4, slice: 4, accumulate: 3)).events
    guard case .started(let plan) = events.first else { return #expect(Bool(false), "no first event") }
    #expect(plan.batch == 12 && plan.stepsPerEpoch == 4 && plan.stepCount == 8)
    let slices = task.asked.slices
    #expect(slices.count == 24 && slices.allSatisfy { $0.count == 4 })
    #expect(Set(slices.prefix(12).flatMap { $0 }).count == 48)
  }

  @Test(arguments: [2, 3]) func neitherThreadsNorMemoryChangeABit(threads: Int) throws {
    let expected = try train(ToyTask(), .toy(slice: 2, accumulate: 3)).state
    let found = try train(ToyTask(), .toy(slice: 2, accumulate: 3), threads: threads, activationBytes: 0).state
    #expect(bits(of: found.model) == bits(of: expected.model))
    #expect(bits(of: expected.model) != bits(of: try train(ToyTask(), .toy(slice: 2)).state.model))
  }

  @Test func interruptingAndResumingGivesTheSameBits() throws {
    let uninterrupted = try train(ToyTask(), .toy(accumulate: 2)).state
    try withTemporaryFolder { path in
      let trainer = try Trainer(
        ToyTask(), configuration: .toy(accumulate: 2), threads: 1,
        checkpoints: CheckpointFolder(path: path, configuration: "{}"))
      for stop in [3, 7] {
        var state = try trainer.resume(with: ToyModel(seed: 1))
        var steps = state.step
        _ = try trainer.train(
          &state,
          interruption: {
            steps += 1
            return steps == stop ? .terminate : nil
          })
        #expect(state.step == stop)
      }
      var state = try trainer.resume(with: ToyModel(seed: 1))
      _ = try trainer.train(&state)
      #expect(bits(of: state.model) == bits(of: uninterrupted.model))
      #expect(bits(of: state.result) == bits(of: uninterrupted.result))
    }
  }

  @Test func noBatchesStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = TrainingConfiguration.toy(accumulate: 0)
    }
    expectMessage("TrainingConfiguration: 0 batches per update", from: result)
  }
}
