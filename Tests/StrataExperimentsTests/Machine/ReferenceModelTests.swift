import StrataExperiments
import StrataModel
import StrataTelemetry
import StrataTensor
import Testing

@Suite struct ReferenceModelTests {
  /// Counts of `flops` in the definition of the models for PyTorch, with batches of 256, 256 and 64.
  @Test(arguments: [
    ("small-tcn", 256, 54_964_736, 165_680_640), ("small-tf", 256, 138_850_816, 417_338_880),
    ("base-tf", 64, 7_573_385_728, 22_693_385_728),
  ]) func operationsAreThoseOfTheDefinition(name: String, batch: Int, forward: Int, training: Int) throws {
    let model = try #require(ReferenceModel.all.first { $0.name == name })
    #expect(model.operationsPerWindow == forward)
    #expect(model.trainingOperationsPerWindow(batch: batch) == training)
    #expect(
      model.operationsPerSample * model.windowLength + model.operationsPerEmbedding == model.operationsPerWindow)
  }

  /// Every weight of an encoder or decoder is multiplied once per step.
  @Test func theConvolutionalModelHasTheWeightsThatAreCounted() {
    let model = ReferenceModel.smallTCN
    let weights = model.make(seed: 1).namedArrays().filter { $0.array.shape.rank > 1 }
    let perStep = weights.filter { $0.name.contains(".encoder.") || $0.name.contains(".decoder.") }
    #expect(2 * perStep.reduce(0) { $0 + $1.array.count } == model.operationsPerSample)
  }

  @Test(arguments: [1, 5, 64]) func thereAreAsManyWindowsAsAskedFor(count: Int) throws {
    let windows = try ReferenceModel.smallTCN.windows(count, seed: 3)
    #expect(windows.count >= count)
    let batch = windows.batch(0..<count)
    #expect(batch.length == 128 && batch.layers.map(\.channelCount) == [24, 16, 20, 12])
    #expect(batch.layers.allSatisfy { $0.mask.total == Double($0.mask.count) })
  }
}
