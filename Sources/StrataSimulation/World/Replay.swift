/// The course of a simulated cluster under a choice of the plan's faults.
package struct Replay: Sendable {
  package let table: SignalTable
  package let final: WorldState
  /// The state in which each fault found the cluster, by its place in the plan; nil when no step began after its onset.
  package let snapshots: [WorldState?]

  /// Runs from a state until a sample is complete.
  ///
  /// - Parameter faults: Which faults of the plan may act.
  package init(_ world: World, from initial: WorldState, faults: [Int], until sample: Int) {
    let plan = world.plan.faults
    let acting = faults.map { plan[$0] }
    var state = initial
    var snapshots = [WorldState?](repeating: nil, count: plan.count)
    var waiting = faults
    let first = max(0, initial.sample)
    var table = SignalTable(devices: world.cluster.devices.count, firstSample: first, reserving: sample - first)
    while state.sample < sample {
      waiting.removeAll { fault in
        guard state.time >= plan[fault].onset else { return false }
        snapshots[fault] = state
        return true
      }
      world.advance(&state, faults: acting, into: &table)
    }
    table.drop(from: sample)
    (self.table, final, self.snapshots) = (table, state, snapshots)
  }
}
