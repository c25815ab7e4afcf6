public import StrataTelemetry

/// Alarms of one run that belong together: they overlap in time or lie close to each other.
public struct Incident: Hashable, Codable, Sendable {
  /// The position of the run in the split's list.
  public let run: Int
  /// From the first alarm to the last.
  public let samples: Range<Int>
  /// The most unlikely first.
  public let alarms: [Alarm]
  /// Who may have caused it, the most suspect first; those who differ from their peers, and not more than a few.
  public internal(set) var suspects: [Suspect] = []

  /// How many suspects an incident names.
  public static let suspectLimit = 5

  /// The entities that raised alarms, each once, the one with the most unlikely alarm first.
  public var entities: [EntityPath] {
    var seen: Set<EntityPath> = []
    return alarms.map(\.entity).filter { seen.insert($0).inserted }
  }

  /// Merges alarms in time, over entities.
  ///
  /// - Parameters:
  ///   - alarms: In any order.
  ///   - gap: How many samples may lie between alarms of one incident.
  /// - Returns: Incidents by run and time.
  public static func merging(_ alarms: [Alarm], gap: Int) -> [Incident] {
    let ordered = alarms.sorted {
      ($0.run, $0.samples.lowerBound, $0.entity) < ($1.run, $1.samples.lowerBound, $1.entity)
    }
    var groups: [[Alarm]] = []
    var end = 0
    for alarm in ordered {
      if let last = groups.last?.last, last.run == alarm.run, alarm.samples.lowerBound - end <= gap {
        groups[groups.count - 1].append(alarm)
        end = max(end, alarm.samples.upperBound)
      } else {
        groups.append([alarm])
        end = alarm.samples.upperBound
      }
    }
    return groups.map { group in
      Incident(
        run: group[0].run,
        samples: group[0].samples.lowerBound..<group.map(\.samples.upperBound).max()!,
        alarms: group.sorted { $0.isMoreUnlikely(than: $1) })
    }
  }
}

extension Alarm {
  /// By p-value; the higher score where that is the same, then the earlier, then by entity.
  fileprivate func isMoreUnlikely(than other: Alarm) -> Bool {
    (pValue, -peakScore, samples.lowerBound, entity)
      < (other.pValue, -other.peakScore, other.samples.lowerBound, other.entity)
  }
}
