#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How much warmer than the air around it a device is: two stages from die to air in series, and the device memory.
///
/// Each stage is a first-order low-pass of power (a Foster network), advanced by its exact solution for constant power, so
/// that the result does not depend on how a period is divided. The steady state is `air + power · resistance`. A stream of
/// air takes heat off the sink in proportion to its flow, so that less air raises the sink's resistance and, with it, its
/// time constant; the path from die to sink stays as it is.
package struct ThermalState: Sendable {
  package var die = 0.0
  package var sink = 0.0
  package var memory = 0.0
  /// What `sink` would be, had the air always flowed in full.
  private var cooledSink = 0.0

  package init() {}

  /// The state after a long time at constant power, in W.
  package init(settledAt power: Double, _ device: DeviceSpecification, resistance: Double = 1) {
    die = power * device.dieResistance * resistance
    sink = power * device.sinkResistance * resistance
    cooledSink = sink
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

  /// Degrees by which the sink is warmer for want of air. Device memory sits beside the die and shares them.
  package var stuffiness: Double { sink - cooledSink }

  /// Moves towards the steady state of a power.
  ///
  /// - Parameters:
  ///   - resistance: Thermal resistance relative to the healthy device.
  ///   - airflow: The air that passes the sink, relative to a healthy host.
  package mutating func advance(
    power: Double, resistance: Double, airflow: Double = 1, decay: Decay, _ device: DeviceSpecification
  ) {
    let target = ThermalState(settledAt: power, device, resistance: resistance)
    die = target.die + (die - target.die) * decay.die
    let kept = airflow == 1 ? decay.sink : exp(log(decay.sink) * airflow)
    sink = target.sink / airflow + (sink - target.sink / airflow) * kept
    cooledSink = target.sink + (cooledSink - target.sink) * decay.sink
    memory = target.memory + (memory - target.memory) * decay.memory
  }
}
