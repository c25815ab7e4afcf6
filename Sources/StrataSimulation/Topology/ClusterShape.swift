/// How many machines a simulated cluster has and how they are arranged.
public struct ClusterShape: Codable, Hashable, Sendable {
  /// The first component of every entity path.
  public var name: String
  /// What the accelerators and links are.
  public var hardware: Hardware
  /// The number of hosts.
  public var hosts: Int
  /// Devices per host; each has a network port (a rail) of its own.
  public var devicesPerHost: Int
  /// Hosts per rack; the last rack may hold fewer.
  public var hostsPerRack: Int
  /// Hosts whose ports of one rail meet at the same leaf switch.
  public var hostsPerLeaf: Int
  /// Racks that share a power feed.
  public var racksPerPowerDomain: Int
  /// Racks that share a cooling loop.
  public var racksPerCoolingZone: Int

  /// A cluster of `hosts` equal hosts.
  public init(
    name: String = "c0", hardware: Hardware = .h100, hosts: Int, devicesPerHost: Int = 8, hostsPerRack: Int = 4,
    hostsPerLeaf: Int = 32, racksPerPowerDomain: Int = 2, racksPerCoolingZone: Int = 8
  ) {
    (self.name, self.hardware, self.hosts, self.devicesPerHost) = (name, hardware, hosts, devicesPerHost)
    (self.hostsPerRack, self.hostsPerLeaf) = (hostsPerRack, hostsPerLeaf)
    (self.racksPerPowerDomain, self.racksPerCoolingZone) = (racksPerPowerDomain, racksPerCoolingZone)
  }

  /// The number of devices of all hosts.
  public var deviceCount: Int { hosts * devicesPerHost }
}
