import StrataTensor

/// Turns running totals into rates per second.
///
/// The rate at a sample is the increase since the last observed sample divided by the time between the two. The first
/// observed sample has no rate. A missing sample stays missing; the rate after a gap is the mean over the gap. A fall
/// means that the counter restarted (a reboot, a reset of the driver): how much it had counted until then is unknown, so
/// the sample is missing, never a negative rate. A counter that is known to be 32 bits wide is the exception: a fall from
/// the upper quarter of its range to the lower quarter is a wrap, and 2³² is added. Counters of 64 bits do not wrap in
/// practice.
public struct CounterRates: Hashable, Sendable {
  /// How wide the counter is, if that is known.
  public enum Width: String, CaseIterable, Hashable, Sendable {
    case unknown
    case bits32 = "32"
  }

  /// Seconds between samples.
  public let interval: Double
  public let width: Width

  /// - Precondition: `interval` is positive.
  public init(interval: Double, width: Width = .unknown) {
    require(interval > 0, "CounterRates: interval \(interval) must be positive")
    (self.interval, self.width) = (interval, width)
  }

  /// The rates of one counter in time; NaN where missing.
  ///
  /// Totals are taken in double precision, because a float cannot tell 2 355 459 401 from 2 355 459 489.
  public func rates(of totals: [Double]) -> [Double] {
    var rates = [Double](repeating: .nan, count: totals.count)
    var last: (sample: Int, total: Double)?
    for (sample, total) in totals.enumerated() where total.isFinite {
      if let last {
        rates[sample] = rate(from: last.total, to: total, samples: sample - last.sample)
      }
      last = (sample, total)
    }
    return rates
  }

  /// The rate between two totals that are so many samples apart; NaN after a restart.
  package func rate(from last: Double, to total: Double, samples: Int) -> Double {
    increase(from: last, to: total) / (Double(samples) * interval)
  }

  /// NaN after a restart.
  private func increase(from last: Double, to total: Double) -> Double {
    if total >= last { return total - last }
    let range = 0x1p32
    let isWrap = width == .bits32 && last < range && last >= range * 0.75 && total < range * 0.25
    return isWrap ? total + range - last : .nan
  }
}

extension Channel {
  /// The channel that the rates of this counter belong to: the same name, per second.
  public var asRate: Channel {
    Channel(name: name, kind: .rate, unit: unit == "1" ? "/s" : "\(unit)/s", meaning: meaning)
  }
}

extension Run {
  /// The run with every counter replaced by its rate; the run itself when it has none.
  ///
  /// A rate depends on the past only.
  ///
  /// - Complexity: O(samples of the layers that have counters).
  public func withCountersAsRates() -> Run {
    guard layers.contains(where: { $0.channels.contains { $0.kind == .counter } }) else { return self }
    return Run(
      name: name, start: start, interval: interval, sampleCount: sampleCount,
      layers: layers.map { $0.withCountersAsRates(interval: interval) }, labels: labels, split: split,
      topology: topology, provenance: provenance)
  }
}

extension LayerSeries {
  /// The series with every counter replaced by its rate.
  fileprivate func withCountersAsRates(interval: Double) -> LayerSeries {
    let counters = channels.indices.filter { channels[$0].kind == .counter }
    guard !counters.isEmpty else { return self }
    let conversion = CounterRates(interval: interval)
    var values = self.values
    let width = entities.count * channels.count
    values.withMutableElements { elements in
      for entity in entities.indices {
        for channel in counters {
          let offset = entity * channels.count + channel
          let totals = (0..<sampleCount).map { Double(elements[$0 * width + offset]) }
          for (sample, rate) in conversion.rates(of: totals).enumerated() {
            elements[sample * width + offset] = Float(rate)
          }
        }
      }
    }
    return LayerSeries(
      layer: layer, entities: entities, channels: channels.map { $0.kind == .counter ? $0.asRate : $0 }, values: values)
  }
}
