#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How much warmer than the air around it a device is: two stages from die to air in series, and the device memory.
///
/// Each stage is a first-order low-pass of power (a Foster network), advanced by its exact solution for constant power, so
/// that the result does not depend on how a period is divided. The steady state is `air + power · resistance`.
package struct ThermalState: Sendable {
  package var die = 0.0
  package var sink = 0.0
  package var memory = 0.0

  package init() {}

  /// The state after a long time at constant power, in W.
  package init(settledAt power: Double, _ device: DeviceSpecification, resistance: Double = 1) {
    die = power * device.dieResistance * resistance
    sink = power * device.sinkResistance * resistance
    memory = power * device.memoryResistance * resistance
  }

  /// What is left of an old state after a time step, per stage.
  package struct Decay: Sendable {
    package let die: Double, sink: Double, memory: Double

    package init(_ device: DeviceSpecification, seconds: Double) {
      die = exp(-seconds / device.dieTimeConstant)
      sink = exp(-seconds / device.sinkTimeConstant)
      memory = exp(-seconds / device.memoryTimeConstant)
    }
  }

  /// Moves towards the steady state of a power.
  ///
  /// - Parameter resistance: Thermal resistance relative to the healthy device.
  package mutating func advance(power: Double, resistance: Double, decay: Decay, _ device: DeviceSpecification) {
    let target = ThermalState(settledAt: power, device, resistance: resistance)
    die = target.die + (die - target.die) * decay.die
    sink = target.sink + (sink - target.sink) * decay.sink
    memory = target.memory + (memory - target.memory) * decay.memory
  }
}
