/// How many machines a simulated cluster has and how they are arranged.
public struct ClusterShape: Codable, Hashable, Sendable {
  /// The first component of every entity path.
  public var name: String
  public var hosts: Int
  /// GPUs per host; each has a network interface (a rail) of its own.
  public var devicesPerHost: Int
  public var hostsPerRack: Int

  public init(name: String = "c0", hosts: Int, devicesPerHost: Int = 8, hostsPerRack: Int = 4) {
    (self.name, self.hosts, self.devicesPerHost, self.hostsPerRack) = (name, hosts, devicesPerHost, hostsPerRack)
  }

  public var deviceCount: Int { hosts * devicesPerHost }
}
