import StrataTensor

/// Everything that a fault in one place can change.
package struct FaultTargets: Sendable, Hashable {
  package var devices: [Int] = []
  package var hosts: [Int] = []
  package var leaves: [Int] = []
  package var jobs: [Int] = []
  /// The router layers of the jobs, and the expert in them.
  package var layers = 0..<0
  package var expert: Int?

  package init() {}

  /// A place of the cluster, with all that is at or below it, and the jobs that run there.
  package init(_ place: Cluster.Place, in cluster: Cluster, occupants: [(job: Int, rank: Int)?]) {
    devices = cluster.devices(at: place)
    hosts = cluster.hosts(at: place)
    if case .leaf(let leaf) = place {
      leaves = [leaf]
    } else {
      leaves = Set(devices.map { cluster.leaf(of: $0) }).sorted()
    }
    jobs = Set(devices.compactMap { occupants[$0]?.job }).sorted()
  }
}

/// A change of one quantity in all the places of a fault.
package struct ResolvedEffect: Sendable, Hashable {
  package let quantity: FaultQuantity
  package let operation: FaultEffect.Operation
  package let value: Double

  /// - Precondition: The quantity exists, which catalogues are checked for.
  package init(_ effect: FaultEffect) {
    guard let quantity = FaultQuantity(effect.quantity) else { fatalError("no quantity '\(effect.quantity)'") }
    (self.quantity, operation, value) = (quantity, effect.operation, effect.value)
  }

  /// Lets the effect act with an intensity above zero.
  package func act(on conditions: inout Conditions, at targets: FaultTargets, intensity: Double) {
    switch quantity {
    case .device(let quantity): for i in targets.devices { change(&conditions[quantity][i], intensity) }
    case .host(let quantity): for i in targets.hosts { change(&conditions[quantity][i], intensity) }
    case .leaf(let quantity): for i in targets.leaves { change(&conditions[quantity][i], intensity) }
    case .storage(let quantity): change(&conditions[quantity], intensity)
    case .job(let quantity): for i in targets.jobs { change(&conditions.jobs[i][quantity], intensity) }
    case .router(let quantity):
      for i in targets.jobs {
        var shift = RouterShift(layers: targets.layers, expert: targets.expert)
        change(&shift[quantity], intensity)
        conditions.jobs[i].router.append(shift)
      }
    }
  }

  /// Whether it is a switch that an intensity does not turn on.
  package func isOff(at intensity: Double) -> Bool {
    var value = quantity.neutral
    change(&value, intensity)
    return quantity.isSwitch && value < 0.5
  }

  private func change(_ value: inout Double, _ intensity: Double) {
    switch operation {
    case .multiply: value *= 1 + (self.value - 1) * intensity
    case .scale: value *= exponential(intensity * logarithm(self.value))
    case .add: value += self.value * intensity
    case .set: value = self.value
    }
  }
}
