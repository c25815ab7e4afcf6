/// What an effect of a fault acts on: a scope and one of its quantities, `device.thermalResistance`.
package enum FaultQuantity: Hashable, Sendable {
  case device(DeviceQuantity)
  case host(HostQuantity)
  case leaf(LeafQuantity)
  case storage(StorageQuantity)
  case job(JobQuantity)
  case router(RouterQuantity)

  /// Every quantity, scope by scope.
  package static let all: [FaultQuantity] =
    DeviceQuantity.allCases.map(FaultQuantity.device) + HostQuantity.allCases.map(FaultQuantity.host)
    + LeafQuantity.allCases.map(FaultQuantity.leaf) + StorageQuantity.allCases.map(FaultQuantity.storage)
    + JobQuantity.allCases.map(FaultQuantity.job) + RouterQuantity.allCases.map(FaultQuantity.router)

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  /// The quantity of this name; nil when there is none.
  package init?(_ name: String) {
    guard let quantity = Self.byName[name] else { return nil }
    self = quantity
  }

  /// Scope and name, as cards write them.
  package var name: String {
    switch self {
    case .device(let quantity): "device.\(quantity)"
    case .host(let quantity): "host.\(quantity)"
    case .leaf(let quantity): "leaf.\(quantity)"
    case .storage(let quantity): "storage.\(quantity)"
    case .job(let quantity): "job.\(quantity)"
    case .router(let quantity): "router.\(quantity)"
    }
  }

  /// Whether it is a quantity of hosts.
  package var isOfHost: Bool { if case .host = self { true } else { false } }

  /// Whether it is off below 0.5 and on from there.
  package var isSwitch: Bool {
    switch self {
    case .device(let quantity): quantity.isSwitch
    case .host(let quantity): quantity == .down
    case .leaf(let quantity): quantity == .down
    case .storage, .job, .router: false
    }
  }

  /// The value of what is healthy: one for factors, zero for everything else.
  package var neutral: Double {
    switch self {
    case .device(let quantity): quantity.neutral
    case .host(let quantity): quantity.neutral
    case .leaf(let quantity): quantity.neutral
    case .storage(let quantity): quantity.neutral
    case .job(let quantity): quantity.neutral
    case .router(let quantity): quantity.neutral
    }
  }
}
