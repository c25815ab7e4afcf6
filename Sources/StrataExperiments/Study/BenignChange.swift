import StrataTensor

/// Changes of a machine's life that are no fault: the load breathes differently, channels drift, single samples jump.
///
/// A detector that was only ever tried on time like that of its training learns to trust every habit. What follows a
/// training half by weeks differs from it, and nobody labels that.
struct BenignChange {
  /// How much the course of the common load changes, slowly, in logarithms of its size and in its own deviations.
  let load: Double
  /// How much single channels change in gain and level, setting in over a third of the time, in their own deviations.
  let drift: Double
  /// The share of samples in which a channel jumps.
  let spikes: Double
  /// The share of the variance that is the common load's.
  static let loadVariance = 0.9
  /// Samples between the knots of slow curves.
  private static let knotSpacing = 1000

  /// Changes the samples of a stretch, which was like the time that `normal` describes.
  func apply(
    to cells: inout EntityCells, _ samples: Range<Int>, normal: CellStatistics, using generator: inout Generator
  ) throws {
    let (count, channels) = (samples.count, cells.series.count)
    let (values, vectors) = try symmetricEigen(normal.correlations)
    let total = values.reduce(0) { $0 + max($1, 0) }
    var held = 0.0
    var z = cells.series.indices.map { channel in
      cells.series[channel][samples].map { normal.standardise($0, channel: channel) }
    }
    for direction in stride(from: channels - 1, through: 0, by: -1) where held < Self.loadVariance * total {
      held += max(values[direction], 0)
      let weights = (0..<channels).map { vectors[$0, direction] }
      let size = slowCurve(count, deviation: load / 2, using: &generator)
      let level = slowCurve(count, deviation: load * max(values[direction], 0).squareRoot(), using: &generator)
      for time in 0..<count {
        let course = (0..<channels).reduce(0) { $0 + (z[$1][time].isFinite ? weights[$1] * z[$1][time] : 0) }
        let change = course * (exponential(size[time]) - 1) + level[time]
        for channel in 0..<channels { z[channel][time] += change * weights[channel] }
      }
    }
    for channel in 0..<channels {
      let gain = exponential(generator.normalDouble() * drift / 2) - 1
      let level = generator.bernoulli(0.5) ? generator.normalDouble() * drift : 0
      var jump = 0.0
      for time in 0..<count {
        let share = min(3 * Double(time) / Double(count), 1)
        z[channel][time] += share * (gain * z[channel][time] + level)
        // A jump lasts two samples, and most channels jump alone.
        let isNew = generator.bernoulli(spikes / Double(channels).squareRoot())
        let next = isNew ? -3 * logarithm(1 - generator.uniformDouble()) : 0
        z[channel][time] += max(jump, next)
        jump = next
      }
      guard normal.isAlive[channel] else { continue }
      for time in 0..<count {
        cells.series[channel][samples.lowerBound + time] =
          normal.means[channel] + normal.deviations[channel] * z[channel][time]
      }
    }
  }

  /// A curve from zero through random knots.
  private func slowCurve(_ count: Int, deviation: Double, using generator: inout Generator) -> [Double] {
    var knots = [(time: 0.0, value: 0.0)]
    let times = (0..<max(2, count / Self.knotSpacing)).map { _ in generator.uniformDouble() * Double(count) }
    for time in times.sorted() { knots.append((time, deviation * generator.normalDouble())) }
    var next = 1
    return (0..<count).map { time in
      let time = Double(time)
      while next < knots.count, knots[next].time < time { next += 1 }
      guard next < knots.count else { return knots[knots.count - 1].value }
      let (a, b) = (knots[next - 1], knots[next])
      return b.time > a.time ? a.value + (b.value - a.value) * (time - a.time) / (b.time - a.time) : b.value
    }
  }
}
