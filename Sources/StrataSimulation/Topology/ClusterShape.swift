/// How many machines a simulated cluster has and how they are arranged.
public struct ClusterShape: Codable, Hashable, Sendable {
  /// The first component of every entity path.
  public var name: String
  /// The number of hosts.
  public var hosts: Int
  /// GPUs per host; each has a network interface (a rail) of its own.
  public var devicesPerHost: Int
  /// Hosts per rack; the last rack may hold fewer.
  public var hostsPerRack: Int

  /// A cluster of `hosts` equal hosts.
  public init(name: String = "c0", hosts: Int, devicesPerHost: Int = 8, hostsPerRack: Int = 4) {
    (self.name, self.hosts, self.devicesPerHost, self.hostsPerRack) = (name, hosts, devicesPerHost, hostsPerRack)
  }

  /// The number of devices of all hosts.
  public var deviceCount: Int { hosts * devicesPerHost }
}
