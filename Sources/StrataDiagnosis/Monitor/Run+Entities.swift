public import StrataTelemetry
import StrataTensor

extension Run {
  /// How many machines the run is of, or how many entities where no machine is known: what budgets of false alarms count.
  public var nodeCount: Int {
    let nodes = Set(entities.compactMap { ClusterRoles.node(of: $0, in: topology) })
    return nodes.isEmpty ? entities.count : nodes.count
  }

  /// The machine that an entity belongs to, itself included; `nil` for what belongs to none, such as a job.
  public func node(of entity: EntityPath) -> EntityPath? { ClusterRoles.node(of: entity, in: topology) }

  /// The entities of which anything was observed, by role; each list is ordered.
  var observedMembers: [String: [EntityPath]] {
    Dictionary(grouping: observedEntities) { ClusterRoles.role(of: $0, in: topology) }
  }

  /// The entities of which anything was observed, ordered.
  ///
  /// - Complexity: O(samples) for entities of which nothing was.
  var observedEntities: [EntityPath] {
    var observed: Set<EntityPath> = []
    for series in layers {
      let (channels, count) = (series.channels.count, series.entities.count)
      series.values.withElements { values in
        for (place, entity) in series.entities.enumerated() where !observed.contains(entity) {
          let isObserved = (0..<series.sampleCount).contains { time in
            let start = (time * count + place) * channels
            return values[start..<start + channels].contains { $0.isFinite }
          }
          if isObserved { observed.insert(entity) }
        }
      }
    }
    return observed.sorted()
  }
}
