import StrataTensor

/// How one specimen differs from the nominal device.
package struct Silicon: Sendable {
  /// Relative speed at equal clock.
  package var speed: Double
  /// Relative power at equal activity.
  package var power: Double
  /// Relative thermal resistance.
  package var resistance: Double

  package init(rank: Int, streams: RandomStreams) {
    var generator = streams.generator(for: .silicon, rank)
    speed = 1 + 0.007 * generator.normalDouble()
    power = 1 + 0.015 * generator.normalDouble()
    resistance = 1 + 0.03 * generator.normalDouble()
  }
}
