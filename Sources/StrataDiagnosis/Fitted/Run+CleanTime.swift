public import StrataTelemetry
import StrataTensor

extension Run {
  /// The time before the run's training time ends, or its first half where nothing is said.
  public var cleanTime: Run { selecting(samples: 0..<(split?.trainingEnd ?? sampleCount / 2)) }

  /// How many machines the run is of, or how many entities where no machine is known: what budgets of false alarms count.
  public var nodeCount: Int { ClusterRoles.nodeCount(of: self) }

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
