import Foundation
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

/// The windows of everything in a run, scaled by the run itself.
private func windows(
  _ run: Run, length: Int, stride: Int = 1, peers: Bool = false, options: RobustScale.Options = RobustScale.Options()
) throws -> WindowSet<TestSplit> {
  let splits = try DataSplits.byTime([run], embargo: 0, validationFraction: 0, trainingFraction: 1)
  return try WindowSet(
    TestSplit(everythingIn: [run]), scale: RobustScale(fitting: splits.training, options: options),
    specification: WindowSpecification(length: length, stride: stride, peers: peers))
}

@Suite struct WindowSetTests {
  @Test func windowsEndAtEveryStrideAndAtTheEnd() throws {
    let run = makeRun(makeLayer(samples: 12, entities: hosts(2), channels: gauges(1)) { time, _, _ in Float(time) })
    let set = try windows(run, length: 5, stride: 4)
    #expect(set.count == 6)
    #expect((0..<6).map { set.origin($0).end } == [5, 9, 12, 5, 9, 12])
    #expect((0..<6).map { set.origin($0).entity.last } == ["host0", "host0", "host0", "host1", "host1", "host1"])
    #expect(set.segments.map(\.windows) == [0..<3, 3..<6])
  }

  @Test func valuesAreTheStandardisedSamples() throws {
    let run = makeRun(
      makeLayer(samples: 9, entities: hosts(2), channels: gauges(2)) { time, entity, channel in
        Float(time * (channel + 1) + 100 * entity)
      })
    let set = try windows(run, length: 3, stride: 3)
    let layer = set.scale.layers[0]
    let batch = set.batch([4, 0])  // host1 ends at 6, host0 ends at 3
    #expect(
      batch.origins == [
        WindowOrigin(run: 0, entity: "c0/host1", end: 6), WindowOrigin(run: 0, entity: "c0/host0", end: 3),
      ])
    for (place, (entity, start)) in [(1, 3), (0, 0)].enumerated() {
      let scale = layer.entities[hosts(2)[entity]]!
      for step in 0..<3 {
        for channel in 0..<2 {
          let sample = Float((start + step) * (channel + 1) + 100 * entity)
          expectClose(
            Double(batch.layers[0].values[place, step, channel]),
            Double((sample - scale.centres[channel]) / scale.spreads[channel]), relative: 1e-6)
        }
      }
    }
    expectClose(batch.layers[0].mask, NDArray([2, 3, 2], repeating: 1), relative: 0, absolute: 0)
    expectClose(batch.layers[0].delta, NDArray([2, 3, 2], repeating: 0), relative: 0, absolute: 0)
  }

  @Test func missingSamplesAreMaskedAndCounted() throws {
    let missing: Set<Int> = [0, 1, 4, 5, 6, 7]
    let run = makeRun(
      makeLayer(samples: 10, entities: hosts(1), channels: gauges(1)) { time, _, _ in
        missing.contains(time) ? .nan : Float(time)
      })
    let set = try windows(run, length: 3)
    let all = set.stretch(0..<10, ofSegment: 0).layers[0]
    #expect(all.mask.elements == [0, 0, 1, 1, 0, 0, 0, 0, 1, 1])
    for time in missing { #expect(all.values[0, time, 0] == 0) }
    // Counted from the start of the run, and no further than a window is long.
    let counts: [Float] = [1, 2, 0, 0, 1, 2, 3, 3, 0, 0]
    expectClose(all.delta, NDArray([1, 10, 1], counts.map { Float(log1p(Double($0))) }), relative: 1e-6)
    // A window that begins in the gap knows how long the gap has been.
    let inside = set.batch([3]).layers[0]  // samples 3..<6
    expectClose(inside.delta, NDArray([1, 3, 1], [0, Float(log1p(1.0)), Float(log1p(2.0))]), relative: 1e-6)
  }

  @Test func entitiesAbsentFromALayerAreMaskedThere() throws {
    let everywhere = makeLayer(.data, samples: 6, entities: hosts(2), channels: gauges(1)) { time, _, _ in Float(time) }
    let one = makeLayer(.compute, samples: 6, entities: hosts(1), channels: gauges(2)) { time, _, _ in Float(time) }
    let set = try windows(makeRun(everywhere, one), length: 6)
    let batch = set.batch([1])  // host1
    #expect(batch[.data]!.mask.total == 6)
    #expect(batch[.compute]!.mask.total == 0 && batch[.compute]!.values.total == 0)
    expectClose(
      Double(batch[.compute]!.delta[0, 5, 1]), log1p(6), relative: 1e-6, "never observed since the start of the run")
  }

  @Test func channelsFollowTheScaleWhateverTheRunHas() throws {
    func run(_ names: [String], name: String) -> Run {
      makeRun(
        makeLayer(samples: 8, entities: hosts(1), channels: names.map { Channel(name: $0) }) { time, _, channel in
          Float(time) + 100 * Float(UInt8(names[channel].utf8.first!))
        }, name: name)
    }
    let runs = [run(["a", "b"], name: "x"), run(["c", "b"], name: "y")]
    let splits = try DataSplits.byRun(runs, validation: [], test: ["y"])
    let set = try WindowSet(
      splits.test, scale: RobustScale(fitting: splits.training),
      specification: WindowSpecification(length: 8, stride: 1))
    let layer = set.batch([0]).layers[0]
    #expect(set.unknownChannels == ["compute/c"])
    #expect(layer.mask.elements == (0..<8).flatMap { _ in [0, 1] as [Float] })
    #expect(layer.values[0, 7, 1] > 0 && layer.values[0, 0, 1] < 0)
  }

  @Test func channelsThatTrainingNeverObservedAreMissing() throws {
    let run = makeRun(
      makeLayer(samples: 20, entities: hosts(1), channels: gauges(1)) { time, _, _ in time < 10 ? .nan : 1 },
      trainingEnd: 10)
    let splits = try DataSplits.byTime([run], embargo: 2, validationFraction: 0)
    let set = try WindowSet(
      splits.test, scale: RobustScale(fitting: splits.training),
      specification: WindowSpecification(length: 2, stride: 1))
    #expect(set.batch(0..<set.count).layers[0].mask.total == 0)
  }

  @Test func peersTakeAwayWhatIsCommonAndKeepWhatIsNot() throws {
    var generator = Generator(seed: 5)
    let run = makeRun(
      makeLayer(samples: 200, entities: hosts(8), channels: gauges(1)) { time, entity, _ in
        let common: Float = time >= 150 ? 1000 : 0  // everybody moves
        let own: Float = time >= 100 && entity == 3 ? 30 : 0  // one differs
        return common + own + generator.normal()
      })
    let set = try windows(run, length: 10, peers: true)
    func peers(_ entity: Int, _ samples: Range<Int>) -> [Float] {
      set.stretch(samples, ofSegment: entity).layers[0].peers!.elements
    }
    #expect(peers(3, 0..<100).allSatisfy { abs($0) < 6 })
    #expect(peers(3, 100..<200).allSatisfy { $0 > 6 })
    #expect(peers(0, 0..<200).allSatisfy { abs($0) < 6 })
  }

  @Test func peerDeviationsMatchReferenceValues() throws {
    let samples: [Float] = [1, 2, 4, 9, .nan]
    let run = makeRun(
      makeLayer(samples: 1, entities: hosts(5), channels: gauges(1)) { _, entity, _ in samples[entity] })
    let set = try windows(run, length: 1, peers: true, options: .init(pooledShare: 0))
    // Median 3, absolute deviations 2, 1, 1, 6 with median 1.5.
    let expected = samples.map { $0.isNaN ? 0 : ($0 - 3) / (1.5 * 1.4826022) }
    let actual = (0..<5).map { set.batch([$0]).layers[0].peers!.scalar }
    expectClose(NDArray([5], actual), NDArray([5], expected), relative: 1e-5)
  }

  @Test func fewerThanThreePeersAreNoPeers() throws {
    let run = makeRun(
      makeLayer(samples: 4, entities: hosts(2), channels: gauges(1)) { time, entity, _ in
        Float(time * entity)
      })
    let set = try windows(run, length: 4, peers: true)
    #expect(set.batch([0, 1]).layers[0].peers!.elements.allSatisfy { $0 == 0 })
  }

  @Test func countersBecomeRatesOnTheWay() throws {
    let run = makeRun(
      makeLayer(samples: 6, entities: hosts(1), channels: [Channel(name: "bytes", kind: .counter, unit: "By")]) {
        time, _, _ in [0, 100, 200, 20, 120, 220][time]
      })
    let set = try windows(run, length: 6)
    #expect(set.scale.layers[0].channels == [Channel(name: "bytes", kind: .rate, unit: "By/s")])
    #expect(set.batch([0]).layers[0].mask.elements == [0, 1, 1, 0, 1, 1])
    #expect(set.scale.layers[0].entities["c0/host0"]!.centres == [10])
  }

  @Test func shufflingIsDeterministicAndComplete() throws {
    let set = try windows(makeWalks(samples: 60), length: 8)
    var (one, two, other) = (Generator(seed: 1), Generator(seed: 1), Generator(seed: 2))
    let batches = set.shuffledBatches(of: 50, using: &one)
    #expect(batches == set.shuffledBatches(of: 50, using: &two))
    #expect(batches != set.shuffledBatches(of: 50, using: &other))
    #expect(batches.map(\.count) == [50, 50, 50, 9])
    #expect(batches.flatMap { $0 }.sorted() == Array(0..<set.count))
    #expect(set.batches(of: 100) == [0..<100, 100..<159])
  }

  @Test func manyThreadsReadTheSame() throws {
    let set = try windows(makeWalks(samples: 300), length: 16, peers: true)
    let reference = set.batch(0..<set.count).layers.flatMap { $0.values.elements }
    let copies = parallelMap(count: 8, threads: 4) { _ in
      set.batch(0..<set.count).layers.flatMap { $0.values.elements } == reference
    }
    #expect(copies.allSatisfy { $0 })
  }

  @Test func slicesAreTheirWindows() throws {
    let set = try windows(makeWalks(samples: 40), length: 8, peers: true)
    let (whole, part) = (set.batch(0..<20).slice(5..<9), set.batch(5..<9))
    #expect(whole.origins == part.origins)
    for (a, b) in zip(whole.layers, part.layers) {
      for (x, y) in [(a.values, b.values), (a.peers!, b.peers!), (a.mask, b.mask), (a.delta, b.delta)] {
        expectClose(x, y, relative: 0, absolute: 0)
      }
    }
  }

  @Test func noLongEnoughStretchIsAnError() {
    #expect(throws: WindowError("the test split has no window of 50 samples: its longest stretch has 40")) {
      try windows(makeWalks(samples: 40), length: 50)
    }
  }

  @Test func unknownRolesAreErrors() throws {
    let splits = try DataSplits.byTime([makeWalks(samples: 40)], embargo: 0)
    let scale = RobustScale(fitting: splits.training)
    let other = makeRun(
      makeLayer(samples: 8, entities: ["c0/switch1"], channels: gauges(1)) { _, _, _ in 0 }, name: "new")
    #expect(
      throws: WindowError(
        "run 'new': 'c0/switch1' has the role 'switch', which the compute layer of the training split does not have "
          + "(it has host)")
    ) {
      try WindowSet(
        TestSplit(everythingIn: [other]), scale: scale, specification: WindowSpecification(length: 4, stride: 1))
    }
  }

  @Test func windowsThatDoNotExistStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try windows(makeWalks(samples: 10), length: 8).batch([9])
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("WindowSet: window 9 is outside 0..<9"))
  }

  @Test func layersOutOfOrderStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let zeros = NDArray([1, 2, 3], repeating: 0)
      let layers = [TelemetryLayer.compute, .data].map {
        LayerWindows(layer: $0, values: zeros, mask: zeros, delta: zeros)
      }
      _ = WindowBatch(layers: layers, origins: [WindowOrigin(run: 0, entity: "c0", end: 2)])
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("WindowBatch: data follows compute, expected the order of layers"))
  }
}
