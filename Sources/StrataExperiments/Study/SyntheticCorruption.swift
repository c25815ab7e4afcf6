package import StrataTelemetry
package import StrataTensor

/// Faults painted onto clean telemetry, for choosing settings without looking at a single real fault.
///
/// Segments of random length, channels and size get one of nine shapes, until about `share` of the samples are changed:
/// a level shift, added noise, spikes, a freeze, a swap with another time, a drift, a stretched amplitude, a channel
/// shifted in time, a bump. Sizes reach from below the channel's own deviation to several times it.
///
/// Reference for the idea: Goswami et al., "Unsupervised Model Selection for Time-series Anomaly Detection", ICLR 2023.
package struct SyntheticCorruption: Sendable {
  private enum Shape: CaseIterable { case level, noise, spikes, freeze, swap, drift, amplitude, lag, bump }

  /// The share of samples that end up changed.
  package var share = 0.05
  /// Samples kept clean around every segment.
  private let margin = 30

  package init() {}

  /// Corrupts a stretch of every entity of a run and labels what was changed.
  package func corrupting(_ run: Run, samples: Range<Int>, using generator: inout Generator) -> Run {
    var arrays = run.layers.map(\.values)
    var labels: [FaultLabel] = []
    for entity in run.entities {
      let cells = run.layers.indices.flatMap { layer -> [Cell] in
        guard let position = run.layers[layer].entities.firstIndex(of: entity) else { return [] }
        return run.layers[layer].channels.indices.map { Cell(layer: layer, entity: position, channel: $0) }
      }
      var blocked = [Bool](repeating: false, count: samples.count)
      var changed = 0
      var attempts = 0
      while Double(changed) < share * Double(samples.count), attempts < 200 {
        attempts += 1
        let length = min(max(Int(exponentialOf(3.2 + 1.1 * generator.normalDouble())), 3), min(300, samples.count / 4))
        let start = generator.index(below: samples.count - length)
        if blocked[start..<start + length].contains(true) { continue }
        let segment = samples.lowerBound + start..<samples.lowerBound + start + length
        let chosen = choose(from: cells, using: &generator)
        paint(chosen, segment, within: samples, in: run, onto: &arrays, using: &generator)
        for i in max(start - margin, 0)..<min(start + length + margin, samples.count) { blocked[i] = true }
        changed += length
        labels.append(
          FaultLabel(
            kind: "synthetic", entity: entity, channels: chosen.map { run.layers[$0.layer].channels[$0.channel].name },
            interval: segment))
      }
    }
    let layers = zip(run.layers, arrays).map {
      LayerSeries(layer: $0.layer, entities: $0.entities, channels: $0.channels, values: $1)
    }
    return Run(
      name: run.name, start: run.start, interval: run.interval, sampleCount: run.sampleCount, layers: layers,
      labels: labels, split: run.split, topology: run.topology, provenance: run.provenance)
  }

  /// One channel of one entity, by its positions in the run.
  private struct Cell: Hashable { let layer: Int, entity: Int, channel: Int }

  /// Between one channel and all of them, small numbers more often.
  private func choose(from cells: [Cell], using generator: inout Generator) -> [Cell] {
    let count = Int(exponentialOf(generator.uniformDouble() * logarithmOf(Double(cells.count))).rounded())
    return generator.permutation(cells.count).prefix(min(max(count, 1), cells.count)).map { cells[$0] }
  }

  private func paint(
    _ cells: [Cell], _ segment: Range<Int>, within samples: Range<Int>, in run: Run, onto arrays: inout [NDArray],
    using generator: inout Generator
  ) {
    let shape = Shape.allCases[generator.index(below: Shape.allCases.count)]
    let size = Float(exponentialOf(logarithmOf(0.7) + generator.uniformDouble() * logarithmOf(8 / 0.7)))
    let goTogether = generator.bernoulli(0.6)
    let other = samples.lowerBound + generator.index(below: samples.count - segment.count)
    let lag = 20 + generator.index(below: 280)
    for cell in cells {
      let series = run.layers[cell.layer].series(entity: cell.entity, channel: cell.channel)
      let deviation = max(Self.deviation(of: series[samples]), 0.02)
      let step = (goTogether || generator.bernoulli(0.5) ? 1 : -1) * size * deviation
      let mean = series[segment].reduce(0, +) / Float(segment.count)
      let stride = run.layers[cell.layer].entities.count * run.layers[cell.layer].channels.count
      let offset = cell.entity * run.layers[cell.layer].channels.count + cell.channel
      arrays[cell.layer].withMutableElements { out in
        for (index, time) in segment.enumerated() {
          let progress = Float(index) / Float(max(segment.count - 1, 1))
          let x = series[time]
          out[time * stride + offset] =
            switch shape {
            case .level: x + step
            case .noise: x + step * generator.normal()
            case .spikes: index == 0 || generator.bernoulli(0.25) ? x + 2 * step : x
            case .freeze: series[segment.lowerBound]
            case .swap: series[other + index]
            case .drift: x + 1.5 * step * progress
            case .amplitude: mean + (x - mean) * (size + 1)
            case .lag: series[max(time - lag, 0)]
            case .bump: x + step * 4 * progress * (1 - progress)
            }
        }
      }
    }
  }

  private static func deviation(of values: ArraySlice<Float>) -> Float {
    let finite = values.filter(\.isFinite).map(Double.init)
    guard !finite.isEmpty else { return 0 }
    let mean = finite.reduce(0, +) / Double(finite.count)
    return Float((finite.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(finite.count)).squareRoot())
  }
}
