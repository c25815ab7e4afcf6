import StrataTensor

/// The moments in which a marginal network port is down: the same for all who ask.
///
/// Time is divided into equal slots, and at most one flap begins in each.
struct LinkFlaps: Sendable {
  private let device: Int
  private let perHour: Double
  private let length: Double
  private let streams: RandomStreams

  /// Seconds of a slot; no flap is longer.
  private static let slot = 15.0

  init(_ device: Int, _ conditions: Conditions, _ streams: RandomStreams) {
    (self.device, self.streams) = (device, streams)
    (perHour, length) = (conditions[.linkFlaps][device], conditions[.flapSeconds][device])
  }

  /// How many flaps begin in a stretch of time.
  func count(from start: Double, to end: Double) -> Int {
    flaps(from: start, to: end).count { (start..<end).contains($0.lowerBound) }
  }

  /// For how long the port is down from a stretch of time on: what is left of a flap that has begun, and the whole of
  /// those that begin in it.
  func seconds(from start: Double, to end: Double) -> Double {
    flaps(from: start, to: end).reduce(0) { sum, flap in
      guard flap.lowerBound < end && flap.upperBound > start else { return sum }
      return sum + flap.upperBound - max(start, flap.lowerBound)
    }
  }

  private func flaps(from start: Double, to end: Double) -> [Range<Double>] {
    guard perHour > 0 && length > 0 else { return [] }
    let slots = Int((start / Self.slot).rounded(.down)) - 1...Int((end / Self.slot).rounded(.down))
    return slots.compactMap { slot in
      var generator = streams.generator(for: .flap, device, slot)
      let draws = (generator.uniformDouble(), generator.uniformDouble(), generator.uniformDouble())
      guard draws.0 < perHour * Self.slot / 3600 else { return nil }
      let begin = Self.slot * (Double(slot) + draws.1)
      return begin..<begin + min(Self.slot, length * (0.5 + draws.2))
    }
  }
}
