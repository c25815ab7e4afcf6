import StrataTelemetry
import StrataTensor
import Testing

/// Nothing that a model is trained on may depend on validation or test data, not in one bit.
@Suite struct LeakageTests {
  private let specification = WindowSpecification(length: 16, stride: 5, peers: true)

  /// Every number that training sees, as bits.
  private func trainingBits(_ split: TrainingSplit) throws -> [UInt32] {
    let scale = RobustScale(fitting: split)
    let windows = try WindowSource(split, scale: scale, specification: specification)
    let batch = windows.batch(0..<windows.count)
    var bits: [UInt32] = []
    for layer in batch.layers {
      for array in [layer.values, layer.peers!, layer.mask, layer.delta] { bits += array.elements.map(\.bitPattern) }
    }
    for layer in scale.layers {
      for entity in layer.entities.keys.sorted() {
        bits += (layer.entities[entity]!.centres + layer.entities[entity]!.spreads).map(\.bitPattern)
      }
      for role in layer.roles.keys.sorted() {
        bits += (layer.roles[role]!.centres + layer.roles[role]!.spreads).map(\.bitPattern)
        bits += layer.peerSpreads[role]!.map(\.bitPattern)
      }
    }
    return bits
  }

  /// The run with every sample that `isChanged` replaced by another number, or made missing.
  private func changing(
    _ run: Run, where isChanged: (_ time: Int, _ entity: EntityPath) -> Bool
  ) -> Run {
    var generator = Generator(seed: 99)
    let layers = run.layers.map { series in
      var values = series.values
      let width = series.entities.count * series.channels.count
      values.withMutableElements { elements in
        for index in elements.indices {
          guard isChanged(index / width, series.entities[index % width / series.channels.count]) else { continue }
          elements[index] = generator.bernoulli(0.2) ? .nan : 1000 * generator.normal()
        }
      }
      return LayerSeries(layer: series.layer, entities: series.entities, channels: series.channels, values: values)
    }
    return Run(
      name: run.name, start: run.start, interval: run.interval, sampleCount: run.sampleCount, layers: layers,
      split: run.split)
  }

  @Test func trainingDoesNotDependOnLaterSamples() throws {
    let run = makeWalks(samples: 400, trainingEnd: 200)
    let splits = try DataSplits.byTime([run], embargo: 16)
    let end = splits.training.regions[0].samples.upperBound
    let changed = try DataSplits.byTime([changing(run) { time, _ in time >= end }], embargo: 16)
    let bits = try trainingBits(splits.training)
    #expect(try bits == trainingBits(changed.training))
    // The check can fail: the last sample of training time does matter.
    let early = try DataSplits.byTime([changing(run) { time, _ in time >= end - 1 }], embargo: 16)
    #expect(try bits != trainingBits(early.training))
  }

  @Test func trainingDoesNotDependOnOtherEntities() throws {
    let run = makeWalks(samples: 120)
    func training(_ run: Run) throws -> TrainingSplit {
      try DataSplits.byEntity([run], validation: ["c0/host1"], test: ["c0/host2"]).training
    }
    let changed = changing(run) { _, entity in entity != "c0/host0" }
    #expect(try trainingBits(training(run)) == trainingBits(training(changed)))
  }

  @Test func trainingDoesNotDependOnOtherRuns() throws {
    let runs = [makeWalks(samples: 120, name: "x"), makeWalks(samples: 120, seed: 2, name: "y")]
    func training(_ runs: [Run]) throws -> TrainingSplit {
      try DataSplits.byRun(runs, validation: [], test: ["y"]).training
    }
    let changed = [runs[0], changing(runs[1]) { _, _ in true }]
    #expect(try trainingBits(training(runs)) == trainingBits(training(changed)))
  }

  @Test func noWindowOfALaterSplitTouchesTrainingSamples() throws {
    let splits = try DataSplits.byTime([makeWalks(samples: 400, trainingEnd: 200)], embargo: 16)
    let end = splits.training.regions[0].samples.upperBound
    let scale = RobustScale(fitting: splits.training)
    let validation = try WindowSet(splits.validation, scale: scale, specification: specification)
    let test = try WindowSet(splits.test, scale: scale, specification: specification)
    for window in 0..<validation.count { #expect(validation.origin(window).end - specification.length >= end) }
    let firstTest = splits.validation.regions[0].samples.upperBound
    for window in 0..<test.count { #expect(test.origin(window).end - specification.length >= firstTest) }
  }

  @Test func anEmbargoShorterThanTheWindowIsAnError() throws {
    let splits = try DataSplits.byTime([makeWalks(samples: 400, trainingEnd: 200)], embargo: 15)
    #expect(
      throws: WindowError(
        "an embargo of 15 samples is shorter than a window of 16: windows of one split would reach into another")
    ) { try WindowSet(splits.test, scale: RobustScale(fitting: splits.training), specification: specification) }
  }
}
