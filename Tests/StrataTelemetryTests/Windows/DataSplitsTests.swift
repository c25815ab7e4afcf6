import StrataTelemetry
import Testing

@Suite struct DataSplitsTests {
  @Test func timeIsDividedWithGaps() throws {
    let run = makeWalks(samples: 1000, trainingEnd: 600)
    let splits = try DataSplits.byTime([run], embargo: 50, validationFraction: 0.25)
    #expect(splits.training.regions.map(\.samples) == [0..<350])
    #expect(splits.validation.regions.map(\.samples) == [400..<550])
    #expect(splits.test.regions.map(\.samples) == [600..<1000])
    #expect(splits.training.regions.map(\.context) == [0..<350])
    #expect(splits.validation.regions.map(\.context) == [350..<550])
    #expect(splits.test.regions.map(\.context) == [550..<1000])
    #expect(splits.training.regions[0].entities == hosts(3))
  }

  @Test func runsThatDoNotSayWhereTrainingEndsAreDividedByFraction() throws {
    let splits = try DataSplits.byTime(
      [makeWalks(samples: 1000)], embargo: 10, validationFraction: 0, trainingFraction: 0.7)
    #expect(splits.training.regions.map(\.samples) == [0..<690])
    #expect(splits.validation.regions.isEmpty)
    #expect(splits.test.regions.map(\.samples) == [700..<1000])
  }

  @Test func nothingToTrainOnIsAnError() {
    #expect(
      throws: WindowError(
        "run 'run': 60 samples of training time leave nothing to train on after 12 for validation and an embargo of 30; "
          + "76 would do, a few thousand do well")
    ) { try DataSplits.byTime([makeWalks(samples: 100, trainingEnd: 60)], embargo: 30) }
    #expect(throws: WindowError.self) { try DataSplits.byTime([makeWalks(samples: 100, trainingEnd: 75)], embargo: 30) }
    #expect(throws: Never.self) { try DataSplits.byTime([makeWalks(samples: 100, trainingEnd: 76)], embargo: 30) }
  }

  @Test func entitiesOfOneSplitAreInvisibleToEarlierOnes() throws {
    let splits = try DataSplits.byEntity(
      [makeWalks(samples: 100)], validation: ["c0/host1"], test: ["c0/host2"])
    #expect(splits.training.regions[0].entities == ["c0/host0"])
    #expect(splits.training.regions[0].visible == ["c0/host0"])
    #expect(splits.validation.regions[0].visible == ["c0/host0", "c0/host1"])
    #expect(splits.test.regions[0].entities == ["c0/host2"])
    #expect(splits.test.regions[0].visible == hosts(3))
  }

  @Test func whatLiesInsideAnEntityGoesWithIt() throws {
    let entities: [EntityPath] = ["c0/host0/gpu0", "c0/host0/gpu1", "c0/host1/gpu0"]
    let run = makeRun(makeLayer(samples: 10, entities: entities, channels: gauges(1)) { _, _, _ in 0 })
    let splits = try DataSplits.byEntity([run], validation: [], test: ["c0/host0"])
    #expect(splits.test.regions[0].entities == ["c0/host0/gpu0", "c0/host0/gpu1"])
  }

  @Test func runsAreDividedByName() throws {
    let runs = ["x", "y", "z"].map { makeWalks(samples: 50, name: $0) }
    let splits = try DataSplits.byRun(runs, validation: ["y"], test: ["z"])
    #expect(splits.training.regions.map(\.run) == [0])
    #expect(splits.validation.regions.map(\.run) == [1])
    #expect(splits.test.regions.map(\.run) == [2])
  }

  @Test func unknownNamesAreErrors() {
    let runs = [makeWalks(samples: 50, name: "monday")]
    #expect(throws: WindowError("there is no run 'mondy'; did you mean 'monday'?")) {
      try DataSplits.byRun(runs, validation: [], test: ["mondy"])
    }
    #expect(throws: WindowError("no run has the entity 'c0/host9'")) {
      try DataSplits.byEntity(runs, validation: [], test: ["c0/host9"])
    }
    #expect(throws: WindowError("nothing is left for training")) {
      try DataSplits.byRun(runs, validation: [], test: ["monday"])
    }
  }

  @Test func choosingTwiceStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try DataSplits.byRun([makeWalks(samples: 50)], validation: ["run"], test: ["run"])
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("[\"run\"] are chosen for validation and for test"))
  }
}
