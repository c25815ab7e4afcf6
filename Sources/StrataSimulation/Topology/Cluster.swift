package import StrataTelemetry

/// The entities of a simulated cluster and which of them belong together.
///
/// Hosts, racks, leaf switches, power domains and cooling zones are numbered; devices are numbered host by host.
package struct Cluster: Sendable {
  package let shape: ClusterShape
  package let path: EntityPath
  package let fabric: EntityPath
  package let storage: EntityPath
  /// One switch per rail and group of hosts, `c0/fabric/leaf3`.
  package let leaves: [EntityPath]
  package let racks: [EntityPath]
  package let powerDomains: [EntityPath]
  package let coolingZones: [EntityPath]
  /// `c0/rack0/host3`; hosts are numbered within their rack.
  package let hosts: [EntityPath]
  /// `c0/rack0/host3/gpu5`.
  package let devices: [EntityPath]
  private let numbers: [EntityPath: Place]

  /// What a path of the cluster leads to.
  package enum Place: Hashable, Sendable {
    case cluster, fabric, storage
    case leaf(Int), rack(Int), powerDomain(Int), coolingZone(Int), host(Int), device(Int)
  }

  package init(_ shape: ClusterShape) {
    self.shape = shape
    let root = EntityPath([shape.name])
    func numbered(_ name: String, _ count: Int, in parent: EntityPath) -> [EntityPath] {
      (0..<count).map { parent.appending("\(name)\($0)") }
    }
    func groups(_ count: Int, of size: Int) -> Int { (count + size - 1) / size }
    let rackCount = groups(shape.hosts, of: shape.hostsPerRack)
    path = root
    fabric = root.appending("fabric")
    storage = root.appending("storage")
    leaves = numbered("leaf", groups(shape.hosts, of: shape.hostsPerLeaf) * shape.devicesPerHost, in: fabric)
    let racks = numbered("rack", rackCount, in: root)
    powerDomains = numbered("power", groups(rackCount, of: shape.racksPerPowerDomain), in: root)
    coolingZones = numbered("cooling", groups(rackCount, of: shape.racksPerCoolingZone), in: root)
    let hosts = (0..<shape.hosts).map { racks[$0 / shape.hostsPerRack].appending("host\($0 % shape.hostsPerRack)") }
    let prefix = shape.hardware.deviceName
    (self.racks, self.hosts) = (racks, hosts)
    devices = hosts.flatMap { numbered(prefix, shape.devicesPerHost, in: $0) }
    numbers = Self.numbers(
      [(root, .cluster), (fabric, .fabric), (storage, .storage)],
      [
        (leaves, Place.leaf), (racks, Place.rack), (powerDomains, Place.powerDomain),
        (coolingZones, Place.coolingZone), (hosts, Place.host), (devices, Place.device),
      ])
  }

  private static func numbers(
    _ single: [(EntityPath, Place)], _ families: [([EntityPath], (Int) -> Place)]
  ) -> [EntityPath: Place] {
    var numbers = Dictionary(uniqueKeysWithValues: single)
    for (paths, place) in families {
      for (i, path) in paths.enumerated() { numbers[path] = place(i) }
    }
    return numbers
  }

  /// What is at `path`; nil when nothing is.
  package func place(at path: EntityPath) -> Place? { numbers[path] }

  package func host(of device: Int) -> Int { device / shape.devicesPerHost }
  /// The place of a device in its chassis, which is also its rail.
  package func slot(of device: Int) -> Int { device % shape.devicesPerHost }
  package func leaf(of device: Int) -> Int {
    host(of: device) / shape.hostsPerLeaf * shape.devicesPerHost + slot(of: device)
  }
  package func rack(ofHost host: Int) -> Int { host / shape.hostsPerRack }
  package func powerDomain(ofHost host: Int) -> Int { rack(ofHost: host) / shape.racksPerPowerDomain }
  package func coolingZone(ofHost host: Int) -> Int { rack(ofHost: host) / shape.racksPerCoolingZone }
  package func devices(ofHost host: Int) -> Range<Int> {
    host * shape.devicesPerHost..<(host + 1) * shape.devicesPerHost
  }
  package func hosts(ofRack rack: Int) -> Range<Int> {
    rack * shape.hostsPerRack..<min(shape.hosts, (rack + 1) * shape.hostsPerRack)
  }

  /// The hosts at or below a place.
  package func hosts(at place: Place) -> [Int] {
    switch place {
    case .cluster, .fabric, .storage: Array(hosts.indices)
    case .leaf(let leaf): hosts.indices.filter { $0 / shape.hostsPerLeaf == leaf / shape.devicesPerHost }
    case .rack(let rack): Array(hosts(ofRack: rack))
    case .powerDomain(let domain): hosts.indices.filter { powerDomain(ofHost: $0) == domain }
    case .coolingZone(let zone): hosts.indices.filter { coolingZone(ofHost: $0) == zone }
    case .host(let host): [host]
    case .device(let device): [host(of: device)]
    }
  }

  /// The devices at or below a place; for a leaf switch those whose port is on it.
  package func devices(at place: Place) -> [Int] {
    switch place {
    case .leaf(let leaf): devices.indices.filter { self.leaf(of: $0) == leaf }
    case .device(let device): [device]
    default: hosts(at: place).flatMap { devices(ofHost: $0) }
    }
  }

  /// What a run says about its entities.
  package var attributes: [EntityPath: [String: String]] {
    var attributes: [EntityPath: [String: String]] = [
      path: ["role": "cluster", "hardware": shape.hardware.rawValue], fabric: ["role": "fabric"],
      storage: ["role": "storage"],
    ]
    for leaf in leaves { attributes[leaf] = ["role": "leaf"] }
    for rack in racks { attributes[rack] = ["role": "rack"] }
    for (i, host) in hosts.enumerated() {
      attributes[host] = [
        "role": "host", "power": powerDomains[powerDomain(ofHost: i)].last,
        "cooling": coolingZones[coolingZone(ofHost: i)].last,
      ]
    }
    for (i, device) in devices.enumerated() {
      attributes[device] = [
        "role": shape.hardware.deviceName, "rail": "\(slot(of: i))", "leaf": leaves[leaf(of: i)].last,
        "port": "mlx5_\(slot(of: i))",
      ]
    }
    return attributes
  }
}
