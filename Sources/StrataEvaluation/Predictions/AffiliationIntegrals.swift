/// Integrals over an interval: of the probability that a random point is farther, and of the distance itself.
typealias Nearness = SIMD2<Double>

extension SIMD2<Double> {
  var probability: Double { x }
  var distance: Double { y }
}

/// A span of continuous time; sample `i` covers `[i, i + 1)`.
struct Interval {
  var start: Double
  var end: Double

  var length: Double { end - start }

  func distance(to point: Double) -> Double { max(start - point, point - end, 0) }

  func clamped(to limits: Interval) -> Interval {
    Interval(start: max(start, limits.start), end: min(end, limits.end))
  }

  /// Integrates, over the predicted interval `other`, the chance that a point of `zone` is farther from this event.
  ///
  /// At distance d > 0 that chance is 1 − (min(d, m) + d + length) / |zone|, where m is the smaller margin of the zone
  /// around the event: both sides of the event have points as near, until the smaller margin ends.
  func nearness(of other: Interval, in zone: Interval) -> Nearness {
    let margin = min(start - zone.start, zone.end - end)
    return other.integral(breakingAt: SIMD4(start - margin, start, end, end + margin)) { point in
      let distance = distance(to: point)
      let nearer = distance > 0 ? min(distance, margin) + distance + length : 0
      return Nearness(1 - nearer / zone.length, distance)
    }
  }

  /// Integrates, over `truth`, the chance that a point of `zone` is farther from the point of `truth` than this
  /// predicted interval, the nearest one to all of `truth`, is.
  func coverage(of truth: Interval, in zone: Interval) -> Nearness {
    let middle = (zone.start + zone.end) / 2
    let breaks = SIMD4((zone.start + start) / 2, start, end, (end + zone.end) / 2)
    let halves = [
      truth.clamped(to: Interval(start: -.infinity, end: middle)),
      truth.clamped(to: Interval(start: middle, end: .infinity)),
    ]
    return halves.reduce(.zero) { sum, half in
      sum
        + half.integral(breakingAt: breaks) { point in
          let distance = distance(to: point)
          let margin = min(point - zone.start, zone.end - point)
          return Nearness(1 - (min(distance, margin) + distance) / zone.length, distance)
        }
    }
  }

  /// The exact integral of a function that is linear between ascending break points; zero over an empty interval.
  private func integral(breakingAt breaks: SIMD4<Double>, of function: (Double) -> Nearness) -> Nearness {
    var sum = Nearness.zero
    var lower = start
    for index in 0...4 {
      let upper = index < 4 ? min(breaks[index], end) : end
      if upper > lower {
        sum += (upper - lower) * function((lower + upper) / 2)
        lower = upper
      }
    }
    return sum
  }
}

extension Interval {
  init(_ samples: Range<Int>) {
    self.init(start: Double(samples.lowerBound), end: Double(samples.upperBound))
  }
}
