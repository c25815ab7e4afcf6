package import StrataTelemetry
package import StrataTensor

/// Time after training, made up: what changes in a machine's life without being a fault, and faults painted onto it, for
/// choosing settings without looking at a single real one.
///
/// Faults have random length, channels and size, until about `share` of the samples are changed. Their channels are one
/// and those that go with it most closely; their shapes are a level shift, a ramp, added noise, a stretched or damped
/// amplitude, a swap with another time, a delay, a freeze, and channels that move against the others.
///
/// Reference for the idea: Goswami et al., "Unsupervised Model Selection for Time-series Anomaly Detection", ICLR 2023.
package struct SyntheticCorruption: Hashable, Sendable {
  private enum Shape: CaseIterable { case level, ramp, noise, amplitude, swap, lag, freeze, detachment }

  /// How much the common load changes without being a fault (see `BenignChange`).
  package var load = 0.5
  /// How much single channels drift without being a fault.
  package var drift = 0.3
  /// The share of samples with a jump that is no fault.
  package var spikes = 0.005
  /// The sizes of faults in deviations of the channel.
  package var sizes = 0.5...4.0
  /// From 0, when a fault may have one channel, to 1, when it always has all.
  package var breadth = 0.0

  /// The share of samples that end up in a fault.
  package static let share = 0.05
  /// The median length of faults, in samples; the logarithm of the length deviates by 0.9.
  package static let medianLength = 35.0
  /// Samples without a fault around every fault.
  package static let margin = 40
  /// Changes smaller than this, in mean deviations of their channels, would be labelled but cannot be seen.
  private static let smallestChange = 0.15

  package init() {}

  /// Changes a stretch of every entity of a run and labels the faults in it.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - samples: The stretch.
  ///   - normal: The time that says how channels usually move.
  ///   - generator: Decides everything.
  package func corrupting(
    _ run: Run, samples: Range<Int>, normal: Range<Int>, using generator: inout Generator
  ) throws -> Run {
    var arrays = run.layers.map(\.values)
    var labels: [FaultLabel] = []
    for entity in run.entities {
      var cells = EntityCells(of: entity, in: run)
      let statistics = CellStatistics(of: cells, samples: normal)
      try BenignChange(load: load, drift: drift, spikes: spikes)
        .apply(to: &cells, samples, normal: statistics, using: &generator)
      for fault in paintFaults(on: &cells, samples, statistics, using: &generator) {
        labels.append(
          FaultLabel(
            kind: "synthetic", entity: entity, channels: fault.channels.map { cells.names[$0] },
            interval: fault.interval))
      }
      cells.write(to: &arrays)
    }
    let layers = zip(run.layers, arrays).map {
      LayerSeries(layer: $0.layer, entities: $0.entities, channels: $0.channels, values: $1)
    }
    return Run(
      name: run.name, start: run.start, interval: run.interval, sampleCount: run.sampleCount, layers: layers,
      labels: labels, split: run.split, topology: run.topology, provenance: run.provenance)
  }

  private func paintFaults(
    on cells: inout EntityCells, _ samples: Range<Int>, _ normal: CellStatistics, using generator: inout Generator
  ) -> [(channels: [Int], interval: Range<Int>)] {
    let alive = normal.isAlive.indices.filter { normal.isAlive[$0] }
    guard !alive.isEmpty else { return [] }
    let clean = cells.series
    var blocked = [Bool](repeating: false, count: samples.count)
    var faults: [(channels: [Int], interval: Range<Int>)] = []
    var (changed, attempts) = (0, 0)
    while Double(changed) < Self.share * Double(samples.count), attempts < 500 {
      attempts += 1
      let drawn = exponential(logarithm(Self.medianLength) + 0.9 * generator.normalDouble())
      let length = min(max(Int(drawn), 4), min(400, samples.count / 4))
      let start = generator.index(below: samples.count - length)
      let around = max(start - Self.margin, 0)..<min(start + length + Self.margin, samples.count)
      if blocked[around].contains(true) { continue }
      let interval = samples.lowerBound + start..<samples.lowerBound + start + length
      let channels = choose(from: alive, normal, using: &generator)
      let painted = paint(channels, interval, within: samples, clean, normal, using: &generator)
      var difference = 0.0
      for (channel, values) in zip(channels, painted) {
        for (value, old) in zip(values, clean[channel][interval]) where value.isFinite && old.isFinite {
          difference += abs(value - old) / normal.deviations[channel]
        }
      }
      guard difference / Double(channels.count * length) >= Self.smallestChange else { continue }
      for (channel, values) in zip(channels, painted) { cells.series[channel].replaceSubrange(interval, with: values) }
      for time in start..<start + length { blocked[time] = true }
      changed += length
      faults.append((channels.sorted(), interval))
    }
    return faults
  }

  /// One channel and those that go with it most closely, small numbers more often.
  private func choose(
    from alive: [Int], _ normal: CellStatistics, using generator: inout Generator
  ) -> [Int] {
    let first = alive[generator.index(below: alive.count)]
    let exponent = breadth + (1 - breadth) * generator.uniformDouble()
    let count = min(max(Int(exponential(exponent * logarithm(Double(alive.count))).rounded()), 1), alive.count)
    let closeness = alive.map { channel in
      channel == first ? .infinity : abs(normal.correlations[first, channel]) + 0.7 * generator.uniformDouble()
    }
    return alive.indices.sorted { (closeness[$0], $1) > (closeness[$1], $0) }.prefix(count).map { alive[$0] }
  }

  private func paint(
    _ channels: [Int], _ interval: Range<Int>, within samples: Range<Int>, _ clean: [[Double]],
    _ normal: CellStatistics, using generator: inout Generator
  ) -> [[Double]] {
    let shape = Shape.allCases[generator.index(below: Shape.allCases.count)]
    let smallest = logarithm(sizes.lowerBound)
    let size = exponential(smallest + generator.uniformDouble() * (logarithm(sizes.upperBound) - smallest))
    let goTogether = generator.bernoulli(0.7)
    let sign = generator.bernoulli(0.75) ? 1.0 : -1
    let other = samples.lowerBound + generator.index(below: samples.count - interval.count + 1)
    let lag = min(10 + generator.index(below: 190), interval.lowerBound)
    let factor = generator.bernoulli(0.5) ? 0.2 : 1 + size
    let edge = Double(max(1, min(5, interval.count / 4)))
    return channels.map { channel in
      let series = clean[channel]
      let follows = goTogether ? normal.correlations[channels[0], channel] >= 0 : generator.bernoulli(0.5)
      let weight = exponential(0.4 * generator.normalDouble())
      let step = sign * (follows ? 1 : -1) * size * weight * normal.deviations[channel]
      let finite = series[interval].filter(\.isFinite)
      let mean = finite.reduce(0, +) / Double(max(finite.count, 1))
      return interval.enumerated().map { index, time in
        let x = series[time]
        return switch shape {
        case .level: x + step * min(1, Double(min(index + 1, interval.count - index)) / edge)
        case .ramp: x + 2 * step * Double(index) / Double(max(interval.count - 1, 1))
        case .noise: x + step * generator.normalDouble()
        case .amplitude: mean + (x - mean) * factor
        case .swap: series[other + index]
        case .lag: series[time - lag]
        case .freeze: series[interval.lowerBound]
        case .detachment: normal.means[channel] - 0.7 * (x - normal.means[channel])
        }
      }
    }
  }
}
