import StrataTelemetry
import StrataTensor

extension Run {
  /// The entities of which anything was observed, by role; each list is ordered.
  var observedMembers: [String: [EntityPath]] {
    Dictionary(grouping: observedEntities, by: role(of:))
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
