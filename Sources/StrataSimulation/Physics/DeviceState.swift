#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The physical state of one device.
package struct DeviceState: Sendable {
  package var thermal: ThermalState
  package var governor: ClockGovernor
  package var silicon: Silicon
  /// How often the device at this place has been replaced.
  package var generation = 0
  /// In MHz, now and averaged over the last seconds of work.
  package var clock: Double
  package var workingClock: Double
  /// In W, now and averaged over about a second as the sensor does.
  package var power: Double
  package var reportedPower: Double
  /// In degrees Celsius.
  package var temperature = 0.0
  package var memoryTemperature = 0.0
  /// What the driver says keeps the clock below its highest.
  package var limiting = Limit.none

  /// What can limit a clock; the raw values are DCGM's bits for clock event reasons.
  package enum Limit: Int, Sendable {
    case none = 0
    case power = 4
    case thermal = 0x20
  }

  /// A device that has long been at a power, in W.
  package init(settledAt power: Double, silicon: Silicon, _ specification: DeviceSpecification) {
    thermal = ThermalState(settledAt: power, specification)
    governor = ClockGovernor(specification)
    self.silicon = silicon
    (clock, workingClock) = (specification.highestClock, specification.highestClock)
    (self.power, reportedPower) = (power, power)
  }

  /// What surrounds a device for one tick.
  package struct Surroundings: Sendable {
    package var air: Double
    package var resistance: Double
    package var airflow: Double
    package var powerLimit: Double
    package var clockCeiling: Double
    /// How many clock steps below its limit the clock happens to be.
    package var jitter: Int

    package init(
      air: Double, resistance: Double, airflow: Double = 1, powerLimit: Double, clockCeiling: Double, jitter: Int
    ) {
      (self.air, self.resistance, self.airflow, self.powerLimit) = (air, resistance, airflow, powerLimit)
      (self.clockCeiling, self.jitter) = (clockCeiling, jitter)
    }
  }

  /// Lets a tick pass: the clock follows its limits, power follows activity and clock, heat follows power.
  package mutating func advance(
    _ activity: Activity, seconds: Double, decay: ThermalState.Decay, _ around: Surroundings,
    _ specification: DeviceSpecification
  ) {
    setClock(activity, around, specification)
    power =
      specification.power(activity, clock: clock) * silicon.power + specification.idlePower * (silicon.leakage - 1)
    reportedPower = power + (reportedPower - power) * exp(-seconds)
    if activity.tensor > 0.15 { workingClock += (clock - workingClock) * (1 - exp(-seconds / 2)) }
    thermal.advance(
      power: power, resistance: around.resistance * silicon.resistance, airflow: around.airflow, decay: decay,
      specification)
    temperature = around.air + thermal.die + thermal.sink
    memoryTemperature = around.air + specification.memoryRise + thermal.memory + thermal.stuffiness
    governor.advance(
      temperature: temperature, memoryTemperature: memoryTemperature, seconds: seconds, specification)
  }

  /// The highest clock that heat, power and settings allow.
  private mutating func setClock(
    _ activity: Activity, _ around: Surroundings, _ specification: DeviceSpecification
  ) {
    let ceiling = specification.highestClock * around.clockCeiling
    // A clock that is stuck has no reason that anybody knows.
    limiting = .none
    clock = min(governor.clock(jitter: around.jitter, specification), ceiling)
    if governor.isThrottling(specification) && governor.limit < ceiling { limiting = .thermal }
    let limit = specification.powerLimit * around.powerLimit / silicon.power
    if specification.power(activity, clock: clock) > limit {
      clock = specification.clock(of: activity, atPower: limit)
      limiting = .power
    }
  }
}

extension DeviceSpecification {
  /// The power of a nominal device at a clock, in W.
  package func power(_ activity: Activity, clock: Double) -> Double {
    idlePower + memoryPower * activity.memory
      + exp(powerExponent * log(clock / highestClock)) * switchingPower(activity)
  }

  /// The highest clock at which a nominal device keeps within a power.
  package func clock(of activity: Activity, atPower limit: Double) -> Double {
    let room = max(1, limit - idlePower - memoryPower * activity.memory)
    let ratio = exp(log(room / switchingPower(activity)) / powerExponent)
    return max(lowestClock, min(highestClock, (ratio * highestClock / clockStep).rounded(.down) * clockStep))
  }

  private func switchingPower(_ activity: Activity) -> Double {
    residentPower * activity.resident + tensorPower * activity.tensor
      + multiprocessorPower * activity.multiprocessors
  }
}
