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

  private func corrupted(seed: UInt64) -> Run {
    var generator = Generator(seed: seed)
    return SyntheticCorruption().corrupting(run, samples: 600..<1200, using: &generator)
  }

  @Test func onlyLabelledCellsChange() {
    let result = corrupted(seed: 7)
    #expect(!result.labels.isEmpty)
    for (before, after) in zip(run.layers, result.layers) {
      for (position, entity) in before.entities.enumerated() {
        for (index, channel) in before.channels.enumerated() {
          let (old, new) = (
            before.series(entity: position, channel: index), after.series(entity: position, channel: index)
          )
          for time in 0..<run.sampleCount where old[time] != new[time] {
            #expect(
              result.labels.contains {
                $0.entity == entity && $0.channels.contains(channel.name) && $0.interval.contains(time)
              }, "\(entity) \(channel.name) at \(time)")
          }
        }
      }
    }
  }

  @Test func labelsLieInsideTheStretchAndApart() {
    for seed in UInt64(1)...20 {
      let result = corrupted(seed: seed)
      for entity in run.entities {
        let intervals = result.labels.filter { $0.entity == entity }.map(\.interval).sorted {
          $0.lowerBound < $1.lowerBound
        }
        let areInside = intervals.allSatisfy { $0.lowerBound >= 600 && $0.upperBound <= 1200 }
        #expect(areInside)
        for (one, next) in zip(intervals, intervals.dropFirst()) { #expect(next.lowerBound - one.upperBound >= 30) }
        #expect(intervals.reduce(0) { $0 + $1.count } >= 30, "about five percent of 600 samples")
      }
    }
  }

  @Test func equalSeedsPaintEqualFaults() {
    #expect(corrupted(seed: 3).contentHash == corrupted(seed: 3).contentHash)
    #expect(corrupted(seed: 3).contentHash != corrupted(seed: 4).contentHash)
  }
}
