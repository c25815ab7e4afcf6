/// What one kind of accelerator and its network link are like.
///
/// The article on constants says where each figure comes from and which of them are estimates.
public struct DeviceSpecification: Codable, Hashable, Sendable {
  /// The highest clock of the streaming multiprocessors, in MHz.
  public var highestClock = 1980.0
  /// The lowest clock under thermal slowdown, in MHz.
  public var lowestClock = 1000.0
  /// The distance of neighbouring clocks, in MHz.
  public var clockStep = 15.0

  /// Power without any kernel, in W.
  public var idlePower = 95.0
  /// Power of a resident kernel that only spins, in W at the highest clock.
  public var residentPower = 120.0
  /// Power of fully active tensor pipes, in W at the highest clock.
  public var tensorPower = 480.0
  /// Power of fully active multiprocessors, in W at the highest clock.
  public var multiprocessorPower = 150.0
  /// Power of fully active device memory, in W.
  public var memoryPower = 120.0
  /// How the clock-dependent power grows with the clock.
  public var powerExponent = 2.4

  /// Degrees per watt between die and heat sink.
  public var dieResistance = 0.022
  /// The time constant of the die, in seconds.
  public var dieTimeConstant = 5.0
  /// Degrees per watt between heat sink and air.
  public var sinkResistance = 0.038
  /// The time constant of the heat sink, in seconds.
  public var sinkTimeConstant = 60.0
  /// Degrees per watt between device memory and air.
  public var memoryResistance = 0.075
  /// The time constant of device memory, in seconds.
  public var memoryTimeConstant = 30.0
  /// The part of the mean heat-sink rise of a host that warms the air of each of its devices.
  public var neighbourCoupling = 0.06
  /// The warmer air that reaches each slot of the chassis, in degrees, front row first.
  public var slotOffsets: [Double] = [0, 0.5, 1, 1.5, 4, 4.5, 5, 5.5]
  /// The die temperature that thermal slowdown holds, in degrees Celsius.
  public var slowdownTemperature = 87.0
  /// The memory temperature that thermal slowdown holds, in degrees Celsius.
  public var memorySlowdownTemperature = 95.0
  /// How fast slowdown lowers the clock, in MHz per second and degree.
  public var slowdownGain = 1.5

  /// Usable bytes per second and direction of the network link: 400 Gbit/s at 85 % efficiency.
  public var linkBandwidth = 42.5e9
  /// Usable bytes per second and direction of NVLink.
  public var nvlinkBandwidth = 360e9
  /// Seconds that a collective takes whatever its size.
  public var collectiveLatency = 60e-6
  /// Symbol errors per byte of a healthy link.
  public var symbolErrorsPerByte = 2e-15
  /// Ticks of the transmit-wait counter per second of waiting.
  public var transmitWaitTicks = 2.5e8
  /// Device memory in use by parameters, optimiser and balanced activations, in MiB.
  public var memoryInUse = 62_000.0
  /// Further device memory per unit of relative expert load, in MiB.
  public var memoryPerLoad = 6_000.0

  /// An H100 SXM with one 400 Gbit/s NDR link.
  public static let h100 = DeviceSpecification()
}
