import StrataDiagnosis
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct BaselineDetectorTests {
  @Test(arguments: Baseline.allCases) func scoresEverySampleAlikeOnAnyNumberOfThreads(baseline: Baseline) throws {
    var generator = Generator(seed: 1)
    let entities: [EntityPath] = ["c0/host0", "c0/host1", "c0/host2"]
    let matrices = entities.map { ($0, generator.correlatedRows(400, channels: 4)) }
    let telemetry = try SampleTelemetry([sampleRun(Dictionary(uniqueKeysWithValues: matrices), trainingEnd: 300)])
    let one = try telemetry.scores(baseline)
    let three = try telemetry.scores(baseline, threads: 3)
    #expect(one.test.map(\.entity) == entities && one.test.allSatisfy { $0.samples == 300..<400 })
    #expect(one.validation.allSatisfy { $0.samples == 192..<252 })
    for (a, b) in zip(one.test + one.validation, three.test + three.validation) {
      #expect(a.scores.map(\.bitPattern) == b.scores.map(\.bitPattern))
      #expect(a.scores.allSatisfy { $0.isFinite && $0 >= 0 })
      #expect(a.contributions.map { $0.shape == [a.samples.count, 4] && $0.elements.allSatisfy { $0 >= 0 } } ?? true)
    }
  }

  @Test(arguments: Baseline.allCases) func onlyRandomisedBaselinesDependOnTheSeed(baseline: Baseline) throws {
    var generator = Generator(seed: 2)
    let telemetry = try SampleTelemetry([sampleRun(["c0/host0": generator.correlatedRows(500, channels: 3)])])
    let one = try telemetry.scores(baseline, seed: 1).test[0].scores
    let two = try telemetry.scores(baseline, seed: 2).test[0].scores
    #expect((one != two) == baseline.isRandomised)
  }

  /// Channels that are constant, constant but for one sample, never observed, or observed half of the time.
  @Test(arguments: Baseline.allCases) func degenerateChannelsGiveFiniteScores(baseline: Baseline) throws {
    var generator = Generator(seed: 3)
    let full = generator.correlatedRows(400, channels: 6)
      .setting(0..<400, 1, to: 5)
      .setting(0..<400, 2, to: 7).setting(350..<351, 2, to: 8)
      .setting(0..<400, 3, to: .nan)
      .setting(0..<200, 4, to: .nan)
    for channels in [[0, 1, 2, 3, 4, 5], [0], [1], [2], [3], [4]] {
      let columns = NDArray([400, channels.count], (0..<400).flatMap { row in channels.map { full[row, $0] } })
      let scores = try SampleTelemetry([sampleRun(["c0/host0": columns], trainingEnd: 300)]).scores(baseline)
      for series in scores.test + scores.validation {
        #expect(series.scores.allSatisfy { $0.isFinite && $0 >= 0 }, "channels \(channels)")
        #expect(series.contributions?.isFinite ?? true, "channels \(channels)")
      }
      let standardised = try scores.standardised()
      #expect((standardised.test + standardised.validation).allSatisfy { $0.scores.allSatisfy(\.isFinite) })
    }
  }

  @Test(arguments: Baseline.allCases) func fewerRowsThanChannelsGiveFiniteScores(baseline: Baseline) throws {
    var generator = Generator(seed: 4)
    let telemetry = try SampleTelemetry(
      [sampleRun(["c0/host0": generator.correlatedRows(40, channels: 30)], trainingEnd: 30)], embargo: 4)
    let scores = try telemetry.scores(baseline)
    #expect((scores.test + scores.validation).allSatisfy { $0.scores.allSatisfy { $0.isFinite && $0 >= 0 } })
  }

  /// A channel that never moved in training keeps its own unit.
  @Test func aConstantChannelThatMovesIsSeen() throws {
    var generator = Generator(seed: 5)
    let rows = generator.correlatedRows(400, channels: 4).setting(0..<400, 2, to: 3).setting(350..<355, 2, to: 53)
    let telemetry = try SampleTelemetry([sampleRun(["c0/host0": rows], trainingEnd: 300)])
    for baseline in [Baseline.norm, .robustZ, .pca, .normalizedPCA, .mahalanobis, .nearestPoint, .nearestWindow] {
      let series = try telemetry.scores(baseline).test[0]
      let moved = series.scores[50..<55].min()!
      #expect(moved > 3 * series.scores[..<50].max()!, "\(baseline)")
      let contributions = try #require(series.contributions).rows(50..<55).mean(over: [0]).elements
      #expect(contributions[2] == contributions.max(), "\(baseline)")
    }
  }

  /// Windows of two training runs stay inside their runs: the jump between them is in no window.
  @Test func windowsDoNotReachAcrossRuns() throws {
    let low = NDArray([200, 1], (0..<200).map { 0.01 * Float($0 % 3) })
    let high = low + 10
    let test = NDArray([200, 1], (0..<200).map { Float($0 < 150 ? 0 : 10) + 0.01 * Float($0 % 3) })
    let splits = try DataSplits.byRun(
      [
        sampleRun(["c0/host0": low], name: "low"), sampleRun(["c0/host0": high], name: "high"),
        sampleRun(["c0/host0": test], name: "test"), sampleRun(["c0/host0": low], name: "validation"),
      ], validation: ["validation"], test: ["test"])
    let scale = RobustScale(fitting: splits.training)
    func windows<Split>(_ split: Split) throws -> WindowSet<Split> {
      try WindowSet(split, scale: scale, specification: WindowSpecification(length: 10, stride: 5))
    }
    var detector = BaselineDetector(.nearestWindow)
    try detector.fit(to: windows(splits.training), threads: 1)
    let scores = try detector.score(windows(splits.test), threads: 1)[0].scores
    #expect(scores[150..<159].allSatisfy { $0 > 1 })
    #expect(scores[..<150].allSatisfy { $0 < 0.1 } && scores[160...].allSatisfy { $0 < 0.1 })
  }

  @Test func anUnknownEntityIsAnError() throws {
    var generator = Generator(seed: 6)
    let rows = generator.correlatedRows(400, channels: 3)
    let splits = try DataSplits.byTime([sampleRun(["c0/host0": rows])], embargo: 10)
    let (scale, window) = (RobustScale(fitting: splits.training), WindowSpecification(length: 10, stride: 5))
    var detector = BaselineDetector(.norm)
    try detector.fit(to: WindowSet(splits.training, scale: scale, specification: window), threads: 1)
    let strange = try WindowSet(
      TestSplit(everythingIn: [sampleRun(["c0/host9": rows])]), scale: scale, specification: window)
    #expect {
      try detector.score(strange, threads: 1)
    } throws: {
      "\($0)" == "'c0/host9' was not in training; l2-norm is fitted to each entity by itself"
    }
  }
}
