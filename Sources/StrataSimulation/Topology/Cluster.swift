package import StrataTelemetry

/// The entities of a simulated cluster and where each device sits.
package struct Cluster: Sendable {
  package let shape: ClusterShape
  package let path: EntityPath
  package let racks: [EntityPath]
  package let hosts: [EntityPath]
  /// Devices in rank order, `c0/rack0/host3/gpu5`; hosts are numbered within their rack.
  package let devices: [EntityPath]

  package init(_ shape: ClusterShape) {
    self.shape = shape
    let root = EntityPath([shape.name])
    let rackCount = (shape.hosts + shape.hostsPerRack - 1) / shape.hostsPerRack
    let racks = (0..<rackCount).map { root.appending("rack\($0)") }
    let hosts = (0..<shape.hosts).map { racks[$0 / shape.hostsPerRack].appending("host\($0 % shape.hostsPerRack)") }
    (path, self.racks, self.hosts) = (root, racks, hosts)
    devices = hosts.flatMap { host in (0..<shape.devicesPerHost).map { host.appending("gpu\($0)") } }
  }

  package func host(of device: Int) -> Int { device / shape.devicesPerHost }
  package func rack(of device: Int) -> Int { host(of: device) / shape.hostsPerRack }
  /// The place of a device in its chassis, which is also its rail.
  package func slot(of device: Int) -> Int { device % shape.devicesPerHost }

  /// The rank of the device at `path`; nil when there is none.
  package func device(at path: EntityPath) -> Int? { devices.firstIndex(of: path) }
  /// The number of the host at `path`; nil when there is none.
  package func host(at path: EntityPath) -> Int? { hosts.firstIndex(of: path) }

  /// What a run says about its entities.
  package func attributes(placement: ExpertPlacement) -> [EntityPath: [String: String]] {
    var attributes: [EntityPath: [String: String]] = [path: ["role": "cluster"]]
    for rack in racks { attributes[rack] = ["role": "rack"] }
    for host in hosts { attributes[host] = ["role": "host"] }
    for (rank, device) in devices.enumerated() {
      let experts = placement.experts(of: rank)
      attributes[device] = [
        "role": "gpu", "rank": "\(rank)", "rail": "\(slot(of: rank))",
        "expertGroup": "\(placement.group(of: rank))", "experts": "\(experts.lowerBound)-\(experts.upperBound - 1)",
      ]
    }
    return attributes
  }
}
