import StrataDiagnosis
import StrataEvaluation
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct JointDetectorTests {
  /// A channel that leaves the common course but not its own range: no channel by itself looks strange.
  @Test func seesABrokenCorrelationThatSingleChannelsDoNotShow() throws {
    let detection = try SampleDetection(SampleCluster().run(), overrides: ["training.steps=150"])
    let first = SampleCluster.trainingEnd
    let broken = SampleCluster.broken.lowerBound - first..<SampleCluster.broken.upperBound - first
    let labels = (0..<300).map { broken.contains($0) }
    let host = try #require(detection.scores.test.first { $0.entity == "c0/host0" })
    var robust = BaselineDetector(.robustZ)
    let plain = try detection.prepared.fitAndScore(&robust, detection.prepared.splits.test).test[0]
    #expect(try areaUnderROC(scores: plain.scores, labels: labels) < 0.7)
    #expect(try areaUnderROC(scores: host.scores, labels: labels) > 0.97)

    let calibrated = try ScoredTelemetry(
      calibrating: detection.scores, of: detection.prepared.splits.test.runs,
      policy: AlarmPolicy(budget: 1000, mergeGap: 300))
    let series = try #require(calibrated.series.first { $0.entity == "c0/host0" })
    let found = try #require(series.alarms.first { $0.overlaps(SampleCluster.broken) })
    #expect(abs(found.lowerBound - SampleCluster.broken.lowerBound) < 5)
    let evidence = Evidence(calibrated.series, during: found, in: detection.prepared.splits.test.runs[0])
    #expect(evidence.entities.first?.entity == "c0/host0")
    #expect(evidence.entities.first?.channels.first?.name == "power")
  }

  @Test func scoresAreTheSameBitsOnAnyNumberOfThreads() throws {
    let (one, two) = try (SampleDetection(SampleCluster().run(), threads: 1), SampleDetection(SampleCluster().run()))
    for (a, b) in zip(one.scores.validation + one.scores.test, two.scores.validation + two.scores.test) {
      #expect(a.entity == b.entity && a.samples == b.samples)
      #expect(a.scores.map(\.bitPattern) == b.scores.map(\.bitPattern))
      #expect(a.contributions!.elements.map(\.bitPattern) == b.contributions!.elements.map(\.bitPattern))
    }
  }

  /// Gaps, a channel that is never observed, a host that one layer does not know, and test time without a layer.
  @Test func everySampleIsScoredWhateverIsMissing() throws {
    var cluster = SampleCluster()
    var generator = Generator(seed: 3)
    let holes = generator.bernoulliArray(cluster.physical.shape, probability: 0.2)
    cluster.physical.withMutableElements { x in
      holes.withElements { holes in
        for i in x.indices where holes[i] == 1 || (400..<460).contains(i / 6) || i % 6 == 4 { x[i] = .nan }
      }
    }
    cluster.compute.withMutableElements { x in for i in x.indices where i / 4 >= 780 { x[i] = .nan } }
    let hole = cluster.run()
    let layers = hole.layers.map { series in
      series.layer != .application
        ? series
        : LayerSeries(
          layer: series.layer, entities: ["c0/host0"], channels: series.channels,
          values: NDArray([1000, 1, 1], series.series(entity: 0, channel: 0)))
    }
    let run = Run(
      name: "holes", start: 0, interval: 60, sampleCount: 1000, layers: layers,
      split: RunSplit(trainingEnd: SampleCluster.trainingEnd))
    let detection = try SampleDetection(run, overrides: ["training.steps=10"])
    #expect(detection.scores.test.map(\.entity) == ["c0/host0", "c0/host1"])
    for series in detection.scores.test {
      #expect(series.samples == 700..<1000 && series.scores.allSatisfy(\.isFinite))
      #expect(series.contributions!.shape == [300, 6] && series.contributions!.isFinite)
    }
    #expect(detection.scores.validation.allSatisfy { $0.samples.count == 140 && $0.scores.allSatisfy(\.isFinite) })
  }

  @Test func aRunWithoutALayerIsScored() throws {
    let cluster = SampleCluster()
    let detection = try SampleDetection(cluster.run(), overrides: ["training.steps=10"])
    let blind = try PreparedTelemetry(
      [cluster.run(without: .compute)], scale: detection.prepared.scale,
      configuration: detection.prepared.configuration, threads: 1)
    let scores = try detection.detector.score(blind.scoringWindows(blind.splits.test), threads: 1)
    #expect(scores.count == 2 && scores.allSatisfy { $0.scores.count == 300 && $0.scores.allSatisfy(\.isFinite) })
  }

  /// What happens in test time changes no score of validation time, bit for bit.
  @Test func testTimeDoesNotInfluenceTheFit() throws {
    let cluster = SampleCluster()
    var changed = cluster
    changed.physical.withMutableElements { x in for i in x.indices where i / 6 >= 700 { x[i] = 1e6 } }
    changed.compute.withMutableElements { x in for i in x.indices where i / 4 >= 700 { x[i] = .nan } }
    let steps = ["training.steps=10"]
    let before = try SampleDetection(cluster.run(), overrides: steps)
    let after = try SampleDetection(changed.run(), overrides: steps)
    #expect(before.prepared.scale == after.prepared.scale)
    for (a, b) in zip(before.scores.validation, after.scores.validation) {
      #expect(a.scores.map(\.bitPattern) == b.scores.map(\.bitPattern))
    }
    #expect(before.scores.test[0].scores != after.scores.test[0].scores)
    for baseline in Baseline.allCases {
      var (one, other) = (BaselineDetector(baseline), BaselineDetector(baseline))
      let a = try before.prepared.fitAndScore(&one, before.prepared.splits.test)
      let b = try after.prepared.fitAndScore(&other, after.prepared.splits.test)
      #expect(a.validation.map(\.scores) == b.validation.map(\.scores), "\(baseline)")
    }
  }

  @Test func partsAddUpToTheScore() throws {
    let run = SampleCluster().run()
    let steps = ["training.steps=10"]
    let all = try SampleDetection(run, overrides: steps + ["detector.weights.window=0.5"])
    let alone = try JointDetector.Part.allCases.map { part in
      let others = JointDetector.Part.allCases.filter { $0 != part }.map { "detector.weights.\($0)=0" }
      return try SampleDetection(
        run, overrides: steps + others + (part == .window ? ["detector.weights.window=0.5"] : []))
    }
    for index in 0..<2 {
      let sum = alone.map { NDArray(vector: $0.scores.test[index].scores) }
        .reduce(NDArray([300], repeating: 0), +)
      expectClose(NDArray(vector: all.scores.test[index].scores), sum, relative: 1e-5, absolute: 1e-4)
    }
    // The Gaussian part by hand: each scale by itself, logarithm, standardised on validation time, averaged.
    let windows = try all.prepared.scoringWindows(all.prepared.splits.test)
    let validation = try all.prepared.scoringWindows(all.prepared.splits.validation)
    let raw = try all.detector.scores(of: .gaussian, windows, threads: 1)
    let normal = try all.detector.scores(of: .gaussian, validation, threads: 1)
    #expect(raw.count == 2)
    let mean =
      zip(raw, normal).map { NDArray(vector: ScoreScale(of: $1[0].scores).standardise($0[0].scores)) }
      .reduce(NDArray([300], repeating: 0), +) / Float(2)
    let gaussian = try #require(zip(JointDetector.Part.allCases, alone).first { $0.0 == .gaussian }).1
    expectClose(NDArray(vector: gaussian.scores.test[0].scores), mean, relative: 1e-4, absolute: 1e-4)
    // The longer scale is the root mean square of the shorter one over its samples.
    let (one, ten) = (raw[0][0].scores, raw[1][0].scores)
    let means = one.indices.map { i in
      let past = one[max(i - 9, 0)...i]
      return (past.reduce(0) { $0 + $1 * $1 } / Float(past.count)).squareRoot()
    }
    expectClose(NDArray(vector: ten), NDArray(vector: means), relative: 1e-4, absolute: 1e-5)
  }

  @Test func smoothingAveragesTheScoreOverItsPast() throws {
    let run = SampleCluster().run()
    let plain = try SampleDetection(run, overrides: ["training.steps=10"]).scores.test[0].scores
    let smooth = try SampleDetection(run, overrides: ["training.steps=10", "detector.smoothing=3"])
      .scores.test[0].scores
    let means = plain.indices.map { i in plain[max(i - 2, 0)...i].reduce(0, +) / Float(min(i + 1, 3)) }
    expectClose(NDArray(vector: smooth), NDArray(vector: means), relative: 1e-4, absolute: 1e-4)
  }

  /// Noise that is somewhat louder for an hour: no single sample shows it, the mean over some does.
  @Test func longScalesSeeWhatSingleSamplesDoNotShow() throws {
    let loud = 800..<880
    var cluster = SampleCluster()
    var generator = Generator(seed: 9)
    func fill(_ values: inout NDArray) {
      let width = values.count / SampleCluster.sampleCount
      values.withMutableElements { x in
        for i in x.indices { x[i] = generator.normal() * (loud.contains(i / width) ? 1.5 : 1) }
      }
    }
    fill(&cluster.physical)
    fill(&cluster.compute)
    fill(&cluster.application)
    let detection = try SampleDetection(cluster.run(), overrides: ["training.steps=10", "detector.scales=[1,20]"])
    let windows = try detection.prepared.scoringWindows(detection.prepared.splits.test)
    let scores = try detection.detector.scores(of: .gaussian, windows, threads: 1).map { $0[0].scores }
    let labels = (0..<300).map { loud.contains($0 + SampleCluster.trainingEnd) }
    let (one, twenty) = try (
      areaUnderROC(scores: scores[0], labels: labels), areaUnderROC(scores: scores[1], labels: labels)
    )
    #expect(one < 0.9 && twenty > one + 0.05)
  }

  @Test func anUnknownEntityIsAnError() throws {
    let detection = try SampleDetection(SampleCluster().run(), overrides: ["training.steps=2"])
    let strange = SampleCluster().run(hosts: ["c0/host0", "c0/host7"])
    let windows = try detection.prepared.scoringWindows(TestSplit(everythingIn: [strange]))
    #expect {
      try detection.detector.score(windows, threads: 2)
    } throws: {
      "\($0)" == "'c0/host7' was not in training; what is normal for it is not known"
    }
  }

  @Test func aStretchShorterThanAWindowIsAnError() throws {
    let detection = try SampleDetection(SampleCluster().run(), overrides: ["training.steps=2"])
    let runs = [SampleCluster().run(), SampleCluster().run().selecting(samples: 0..<20)]
    let windows = try detection.prepared.scoringWindows(TestSplit(everythingIn: runs))
    #expect {
      try detection.detector.score(windows, threads: 1)
    } throws: {
      "\($0)" == "'c0/host0' has 20 samples in run 'sample', fewer than a window of 24"
    }
  }

  @Test func windowsThatLeaveGapsStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let detection = try SampleDetection(SampleCluster().run(), threads: 1, overrides: ["training.steps=1"])
      let sparse = try WindowSet(
        detection.prepared.splits.test, scale: detection.prepared.scale,
        specification: WindowSpecification(length: 24, stride: 25))
      _ = try detection.detector.score(sparse, threads: 1)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("JointDetector: windows of 24 samples every 25 leave gaps"))
  }

  @Test func weightsOfNothingStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = JointDetector.Options(weights: [.residual: 0])
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("JointDetector: weights [\"residual 0.0\"]"))
  }
}
