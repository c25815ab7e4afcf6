import StrataExperiments
import StrataTelemetry
import StrataTensor
import Testing

@Suite struct SyntheticCorruptionTests {
  /// Two entities of three noisy channels in two layers.
  private let run: Run = {
    var generator = Generator(seed: 4)
    let entities: [EntityPath] = ["a/one", "a/two"]
    func series(_ layer: TelemetryLayer, _ names: [String]) -> LayerSeries {
      LayerSeries(
        layer: layer, entities: entities, channels: names.map { Channel(name: $0) },
        values: generator.normalArray([1200, 2, names.count]))
    }
    return Run(
      name: "noise", start: 0, interval: 60, sampleCount: 1200,
      layers: [series(.data, ["x", "y"]), series(.compute, ["z"])], split: RunSplit(trainingEnd: 600))
  }()

  private func corrupted(seed: UInt64, isChanging: Bool = false) throws -> Run {
    var generator = Generator(seed: seed)
    var corruption = SyntheticCorruption()
    if !isChanging { (corruption.load, corruption.drift, corruption.spikes) = (0, 0, 0) }
    return try corruption.corrupting(run, samples: 600..<1200, normal: 0..<600, using: &generator)
  }

  @Test func withoutBenignChangeOnlyLabelledCellsChange() throws {
    let result = try corrupted(seed: 7)
    #expect(!result.labels.isEmpty)
    for (before, after) in zip(run.layers, result.layers) {
      for (position, entity) in before.entities.enumerated() {
        for (index, channel) in before.channels.enumerated() {
          let (old, new) = (
            before.series(entity: position, channel: index), after.series(entity: position, channel: index)
          )
          // Taking samples out and putting them back rounds them once.
          for time in 0..<run.sampleCount where abs(old[time] - new[time]) > 1e-5 {
            #expect(
              result.labels.contains {
                $0.entity == entity && $0.channels.contains(channel.name) && $0.interval.contains(time)
              }, "\(entity) \(channel.name) at \(time)")
          }
        }
      }
    }
  }

  @Test func labelsLieInsideTheStretchAndApart() throws {
    for seed in UInt64(1)...20 {
      let result = try corrupted(seed: seed, isChanging: true)
      for entity in run.entities {
        let intervals = result.labels.filter { $0.entity == entity }.map(\.interval).sorted {
          $0.lowerBound < $1.lowerBound
        }
        let areInside = intervals.allSatisfy { $0.lowerBound >= 600 && $0.upperBound <= 1200 }
        #expect(areInside)
        for (one, next) in zip(intervals, intervals.dropFirst()) {
          #expect(next.lowerBound - one.upperBound >= SyntheticCorruption.margin)
        }
        #expect(intervals.reduce(0) { $0 + $1.count } >= 30, "about five percent of 600 samples")
      }
    }
  }

  @Test func equalSeedsPaintEqualFaults() throws {
    #expect(try corrupted(seed: 3).contentHash == corrupted(seed: 3).contentHash)
    #expect(try corrupted(seed: 3).contentHash != corrupted(seed: 4).contentHash)
  }

  /// Benign change reaches most samples of the stretch; labels stay where the faults are, and earlier time as it was.
  @Test func benignChangeIsNotLabelled() throws {
    let (plain, changing) = (try corrupted(seed: 5), try corrupted(seed: 5, isChanging: true))
    for (layer, before) in run.layers.enumerated() {
      for (position, entity) in before.entities.enumerated() {
        let old = before.series(entity: position, channel: 0)
        let new = changing.layers[layer].series(entity: position, channel: 0)
        #expect(zip(old, new).prefix(600).allSatisfy { abs($0 - $1) < 1e-5 })
        let moved = (600..<1200).filter { abs(old[$0] - new[$0]) > 1e-3 }
        let labelled = changing.labels.filter { $0.entity == entity }.reduce(0) { $0 + $1.interval.count }
        #expect(moved.count > 400 && labelled < 200)
      }
    }
    #expect(plain.labels.count > 0 && changing.labels.count > 0)
  }

  @Test func faultsHaveAtLeastTheBreadthAsked() throws {
    var generator = Generator(seed: 8)
    var corruption = SyntheticCorruption()
    corruption.breadth = 1
    let result = try corruption.corrupting(run, samples: 600..<1200, normal: 0..<600, using: &generator)
    #expect(result.labels.allSatisfy { $0.channels.count == 3 })
  }

  /// Channels that never move stay as they are, and missing samples stay missing.
  @Test func deadChannelsAndGapsStay() throws {
    var values = NDArray([1200, 1, 2]) { x in for i in x.indices { x[i] = i % 2 == 0 ? 7 : Float(i % 23) } }
    values.withMutableElements { x in for time in 700..<720 { x[2 * time + 1] = .nan } }
    let run = Run(
      name: "gaps", start: 0, interval: 60, sampleCount: 1200,
      layers: [
        LayerSeries(
          layer: .data, entities: ["a"], channels: [Channel(name: "dead"), Channel(name: "live")], values: values)
      ])
    for seed in UInt64(1)...10 {
      var generator = Generator(seed: seed)
      var corruption = SyntheticCorruption()
      (corruption.load, corruption.drift, corruption.spikes) = (0, 0, 0)
      let result = try corruption.corrupting(run, samples: 600..<1200, normal: 0..<600, using: &generator)
      #expect(result.layers[0].series(entity: 0, channel: 0).allSatisfy { $0 == 7 })
      #expect(result.labels.allSatisfy { $0.channels == ["live"] })
    }
  }
}
