import Foundation
import StrataModel
import StrataTelemetry
import StrataTensor
import StrataTraining
import TestSupport
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
    let slice = try task.slice([5, 0], using: &generator)
    let windows = try #require(task.windows as? WindowSource)
    #expect(slice.origins == [windows.origin(5), windows.origin(0)])
    #expect(slice.layers.map(\.layer) == [.physical, .compute] && slice.length == 16)
    #expect(try task.validationSlice([1]).origins.count == 1 && task.validationCount > 0)
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

  /// Trains the toy for some steps.
  private func trained(
    _ overrides: [String], threads: Int = 1, activationBytes: Int = 1 << 29
  ) throws -> (model: JointModel, losses: [Double], validation: [Double]) {
    let (task, model, training, _) = try toyTraining(
      on: toyRun(seed: 1), overriding: ["training.steps=4", "training.batch=12"] + overrides)
    let trainer = try Trainer(task, configuration: training, threads: threads, activationBytes: activationBytes)
    var state = trainer.start(with: model)
    var (losses, validation): ([Double], [Double]) = ([], [])
    _ = try trainer.train(&state) { event in
      if case .step(let step) = event { losses.append(step.loss) }
      if case .evaluated(let evaluation) = event { validation.append(evaluation.loss) }
    }
    return (state.model, losses, validation)
  }

  /// Nothing is drawn at random, so that slices differ in nothing but their size.
  private static let certain = [
    "model.encoder.dropout=0", "model.modalityDropout=0", "model.objective.hiding=",
    "model.objective.reconstruction={weight: 1, loss: squaredError, hidden: 0, visible: 1}",
  ]

  @Test(
    arguments: [1, 3, 4],
    [
      "{kind: infoNCE, weight: 0.5, pairs: all, temperature: 0.1, learned: true}",
      "{kind: vicReg, weight: 0.1, pairs: joint, invariance: 1, variance: 1, covariance: 1}",
    ])
  func theLossSeesTheWholeBatchInSlicesOfAnySize(slice: Int, contrast: String) throws {
    let settings = Self.certain + ["model.objective.contrast=\(contrast)"]
    let whole = try trained(settings + ["training.slice=12"])
    let sliced = try trained(settings + ["training.slice=\(slice)"])
    expectClose(sliced.losses, whole.losses, relative: 1e-4)
    expectClose(sliced.validation, whole.validation, relative: 1e-4)
    for (one, other) in zip(parameters(of: sliced.model), parameters(of: whole.model)) {
      expectClose(one, other, relative: 1e-3, absolute: 2e-4)
    }
  }

  private static let transformer =
    "model.encoder={kind: transformer, width: 8, depth: 1, heads: 2, hidden: 8, patch: 4, positions: sinusoidal, "
    + "causal: true, dropout: 0.1}"

  @Test(arguments: [[], [transformer], ["model.objective.hierarchical={weight: 0.5, alpha: 0.5}"]])
  func neitherThreadsNorKeptGraphsChangeABit(overrides: [String]) throws {
    let settings = ["training.slice=3"] + overrides
    let expected = try trained(settings)
    for (threads, bytes) in [(2, 1 << 29), (3, 1 << 29), (1, 0), (2, 0), (3, 1 << 14)] {
      let found = try trained(settings, threads: threads, activationBytes: bytes)
      #expect(bits(of: found.model) == bits(of: expected.model), "\(threads) threads, \(bytes) bytes")
      #expect(found.losses == expected.losses && found.validation == expected.validation)
    }
  }

  /// Mixed precision costs less of the final loss than a hundredth, seed by seed.
  @Test(arguments: 1...5, [[], [transformer.replacingOccurrences(of: "dropout: 0.1", with: "dropout: 0")]])
  func roundedProductsLearnAsWell(seed: Int, overrides: [String]) throws {
    let settings = ["model.encoder.dropout=0"] + overrides + ["training.steps=80", "training.seed=\(seed)"]
    let exact = try trained(settings)
    let rounded = try trained(settings + ["training.precision=bf16"])
    #expect(rounded.losses != exact.losses)
    let (one, other) = (try #require(rounded.validation.last), try #require(exact.validation.last))
    #expect(other < 0.9 * exact.validation[0])
    #expect((one - other).magnitude < 0.01 * other, "\(one) against \(other)")
  }
}
