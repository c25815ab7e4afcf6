/// What the mechanisms of the cluster are like at one moment: the only thing that faults and benign episodes change.
package struct Conditions: Sendable {
  private var devices: [[Double]]
  private var hosts: [[Double]]
  private var leaves: [[Double]]
  private var storage: [Double]
  package var jobs: [JobConditions]
  /// Whether anything acts at all.
  package var isDisturbed = false

  /// A cluster in which nothing is wrong.
  package init(devices: Int, hosts: Int, leaves: Int, jobs: Int) {
    self.devices = DeviceQuantity.allCases.map { [Double](repeating: $0.neutral, count: devices) }
    self.hosts = HostQuantity.allCases.map { [Double](repeating: $0.neutral, count: hosts) }
    self.leaves = LeafQuantity.allCases.map { [Double](repeating: $0.neutral, count: leaves) }
    storage = StorageQuantity.allCases.map(\.neutral)
    self.jobs = [JobConditions](repeating: JobConditions(), count: jobs)
  }

  package subscript(quantity: DeviceQuantity) -> [Double] {
    get { devices[quantity.rawValue] }
    _modify { yield &devices[quantity.rawValue] }
  }

  package subscript(quantity: HostQuantity) -> [Double] {
    get { hosts[quantity.rawValue] }
    _modify { yield &hosts[quantity.rawValue] }
  }

  package subscript(quantity: LeafQuantity) -> [Double] {
    get { leaves[quantity.rawValue] }
    _modify { yield &leaves[quantity.rawValue] }
  }

  /// Whether a device lets no collective end.
  package func blocks(_ device: Int, in cluster: Cluster) -> Bool {
    self[.stuck][device] >= 0.5 || self[.offBus][device] >= 0.5 || self[.linkDown][device] >= 0.5
      || self[HostQuantity.down][cluster.host(of: device)] >= 0.5
      || self[LeafQuantity.down][cluster.leaf(of: device)] >= 0.5
  }

  package subscript(quantity: StorageQuantity) -> Double {
    get { storage[quantity.rawValue] }
    _modify { yield &storage[quantity.rawValue] }
  }
}

/// What the mechanisms of one job are like at one moment.
package struct JobConditions: Sendable {
  private var values = JobQuantity.allCases.map(\.neutral)
  /// What acts on the routers of some layers.
  package var router: [RouterShift] = []

  package init() {}

  package subscript(quantity: JobQuantity) -> Double {
    get { values[quantity.rawValue] }
    _modify { yield &values[quantity.rawValue] }
  }
}

/// What acts on the routers of some layers, and on one expert in them.
package struct RouterShift: Sendable {
  package let layers: Range<Int>
  package let expert: Int?
  private var values = RouterQuantity.allCases.map(\.neutral)

  package init(layers: Range<Int>, expert: Int?) { (self.layers, self.expert) = (layers, expert) }

  package subscript(quantity: RouterQuantity) -> Double {
    get { values[quantity.rawValue] }
    _modify { yield &values[quantity.rawValue] }
  }
}
