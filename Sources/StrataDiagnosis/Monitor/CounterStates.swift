import StrataTelemetry

/// Running totals of the entities of one role, to be turned into rates sample by sample.
struct CounterStates: Sendable {
  /// `member · channels + channel`; NaN before the first sample.
  var totals: [Float] = []
  /// Samples since the last total.
  var ages: [Float] = []

  /// Makes room for cells that have no total yet.
  mutating func grow(to count: Int) {
    totals += [Float](repeating: .nan, count: max(count - totals.count, 0))
    ages += [Float](repeating: 0, count: max(count - ages.count, 0))
  }

  /// The rate of a cell, given its newest total; NaN where it is missing, the first, or below the last one.
  @inline(__always)
  mutating func rate(of total: Float, at cell: Int, _ conversion: CounterRates) -> Float {
    ages[cell] += 1
    guard total.isFinite else { return .nan }
    let (last, age) = (totals[cell], ages[cell])
    (totals[cell], ages[cell]) = (total, 0)
    guard last.isFinite else { return .nan }
    return Float(conversion.rate(from: Double(last), to: Double(total), samples: Int(age)))
  }
}
