import StrataTensor

/// How one specimen differs from the nominal device.
package struct Silicon: Sendable {
  /// Relative speed at equal clock.
  package var speed: Double
  /// Relative power at equal activity.
  package var power: Double
  /// Relative thermal resistance.
  package var resistance: Double
  /// Relative power without any kernel.
  package var leakage: Double
  /// How prone its memory is to corrected errors; a fifth of the specimens makes three quarters of them.
  package var frailty: Double

  /// - Parameter generation: How often the device at this place has been replaced.
  package init(device: Int, generation: Int, streams: RandomStreams) {
    var generator = streams.generator(for: .silicon, device, generation)
    speed = 1 + 0.007 * generator.normalDouble()
    power = 1 + 0.015 * generator.normalDouble()
    resistance = 1 + 0.03 * generator.normalDouble()
    frailty = generator.gamma(shape: 0.3) / 0.3
    leakage = generator.logNormal(median: 1, spread: 0.05)
  }
}
