/// Thermal slowdown: lowers the clock limit while the die or its memory is too hot and raises it again when it has cooled.
package struct ClockGovernor: Sendable {
  /// The highest clock that temperature allows, in MHz.
  package private(set) var limit: Double

  package init(_ device: DeviceSpecification) { limit = device.highestClock }

  /// Whether temperature keeps the clock down.
  package func isThrottling(_ device: DeviceSpecification) -> Bool { limit < device.highestClock }

  package mutating func advance(
    temperature: Double, memoryTemperature: Double, seconds: Double, _ device: DeviceSpecification
  ) {
    let margin = min(
      device.slowdownTemperature - temperature, device.memorySlowdownTemperature - memoryTemperature)
    // Hardware steps in when the driver's slowdown does not keep up.
    let urgency = margin < -3 ? 4.0 : 1
    let slope = device.slowdownGain * margin * urgency
    let change = max(-60, min(60, slope)) * seconds
    limit = min(device.highestClock, max(device.lowestClock, limit + change))
  }

  /// The clock in MHz, a multiple of the clock step below the limit; `jitter` lowers it by so many steps.
  package func clock(jitter: Int, _ device: DeviceSpecification) -> Double {
    let steps = (limit / device.clockStep).rounded(.down) - Double(jitter)
    return max(device.lowestClock, steps * device.clockStep)
  }
}
