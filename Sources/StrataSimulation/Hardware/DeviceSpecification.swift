/// What one kind of accelerator, its links and its host are like.
///
/// The article on constants says where each figure comes from and which of them are estimates.
public struct DeviceSpecification: Codable, Hashable, Sendable {
  /// What the driver calls it.
  public var model = "NVIDIA H100 80GB HBM3"

  // MARK: Clocks, in MHz

  /// The highest clock of the streaming multiprocessors.
  public var highestClock = 1980.0
  /// The lowest clock under slowdown.
  public var lowestClock = 1000.0
  /// The distance of neighbouring clocks.
  public var clockStep = 15.0
  /// The clock of device memory.
  public var memoryClock = 2619.0

  // MARK: Power, in W

  /// Power without any kernel.
  public var idlePower = 95.0
  /// Power of a resident kernel that only spins, at the highest clock.
  public var residentPower = 120.0
  /// Power of fully active tensor pipes at the highest clock.
  public var tensorPower = 480.0
  /// Power of fully active multiprocessors at the highest clock.
  public var multiprocessorPower = 150.0
  /// Power of fully active device memory.
  public var memoryPower = 120.0
  /// The enforced limit.
  public var powerLimit = 700.0
  /// How the clock-dependent power grows with the clock.
  public var powerExponent = 2.4
  /// Power of a host besides its devices: processors, memory, ports, fans.
  public var hostPower = 2300.0

  // MARK: Heat

  /// Degrees per watt between die and heat sink.
  public var dieResistance = 0.022
  /// The time constant of the die, in seconds.
  public var dieTimeConstant = 5.0
  /// Degrees per watt between heat sink and air.
  public var sinkResistance = 0.038
  /// The time constant of the heat sink, in seconds.
  public var sinkTimeConstant = 60.0
  /// Degrees by which device memory without traffic is warmer than the air, whatever the device draws.
  public var memoryRise = 0.0
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

  // MARK: Links, in bytes per second and direction

  /// Usable bandwidth of the network port: 400 Gbit/s at 85 % efficiency.
  public var linkBandwidth = 42.5e9
  /// The rate that the port reports.
  public var linkRate = 50e9
  /// Usable bandwidth of NVLink.
  public var nvlinkBandwidth = 360e9
  /// Usable bandwidth of PCIe.
  public var pcieBandwidth = 54e9
  /// PCIe lanes.
  public var pcieWidth = 16.0
  /// Seconds that a collective takes whatever its size.
  public var collectiveLatency = 60e-6
  /// Symbol errors per GB of a healthy port.
  public var symbolErrors = 2e-6
  /// Ticks of the transmit-wait counter per second of waiting.
  public var transmitWaitTicks = 2.5e8

  // MARK: Memory, in MiB

  /// Device memory.
  public var memory = 81_559.0
  /// Memory of a host.
  public var hostMemory = 2_000_000.0
  /// Processor cores of a host.
  public var hostCores = 112.0

  /// The H100 SXM with one 400 Gbit/s NDR port.
  public static let h100 = DeviceSpecification()

  /// The H100 with NVLink at 400 instead of 900 GB/s.
  public static let h800: DeviceSpecification = {
    var device = h100
    device.model = "NVIDIA H800"
    device.nvlinkBandwidth = 160e9
    return device
  }()

  /// The A100 SXM 80 GB with one 200 Gbit/s HDR port.
  public static let a100: DeviceSpecification = {
    var device = h100
    device.model = "NVIDIA A100-SXM4-80GB"
    (device.highestClock, device.lowestClock, device.memoryClock) = (1410, 765, 1593)
    (device.idlePower, device.residentPower, device.tensorPower) = (63, 18, 600)
    (device.multiprocessorPower, device.memoryPower, device.powerLimit) = (40, 85, 400)
    (device.dieResistance, device.sinkResistance, device.memoryResistance) = (0.03, 0.047, 0.05)
    (device.memoryRise, device.slotOffsets) = (15, [0, 1, 2, 3, 5, 6, 7, 8])
    (device.linkBandwidth, device.linkRate, device.nvlinkBandwidth) = (21e9, 25e9, 240e9)
    (device.pcieBandwidth, device.memory, device.hostPower) = (26e9, 81_920, 1500)
    (device.hostMemory, device.hostCores) = (1_000_000, 128)
    return device
  }()

  /// The B200 with one 800 Gbit/s port.
  public static let b200: DeviceSpecification = {
    var device = h100
    device.model = "NVIDIA B200"
    (device.highestClock, device.lowestClock, device.memoryClock) = (1965, 900, 3996)
    (device.idlePower, device.residentPower, device.tensorPower) = (140, 170, 700)
    (device.multiprocessorPower, device.memoryPower, device.powerLimit) = (210, 180, 1000)
    (device.dieResistance, device.sinkResistance, device.memoryResistance) = (0.014, 0.026, 0.05)
    (device.linkBandwidth, device.linkRate, device.nvlinkBandwidth) = (85e9, 100e9, 720e9)
    (device.pcieBandwidth, device.memory, device.hostPower) = (108e9, 183_359, 3200)
    return device
  }()

  /// An accelerator like the Ascend 910B with one 200 Gbit/s RoCE port.
  public static let ascend: DeviceSpecification = {
    var device = h100
    device.model = "Ascend910B"
    (device.highestClock, device.lowestClock, device.clockStep, device.memoryClock) = (1800, 800, 50, 1600)
    (device.idlePower, device.residentPower, device.tensorPower) = (90, 60, 260)
    (device.multiprocessorPower, device.memoryPower, device.powerLimit) = (90, 70, 400)
    (device.dieResistance, device.sinkResistance, device.memoryResistance) = (0.035, 0.06, 0.1)
    (device.linkBandwidth, device.linkRate, device.nvlinkBandwidth) = (21e9, 25e9, 170e9)
    (device.pcieBandwidth, device.memory, device.hostPower) = (54e9, 65_536, 1800)
    return device
  }()
}
