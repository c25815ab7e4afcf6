import StrataTelemetry
import StrataTensor

/// Joins the alarms of all entities of a cluster to incidents, and collects the evidence while one lasts.
struct IncidentTracker: Sendable {
  /// The sums of one role over the alarmed samples of an incident.
  struct Sums: Sendable, Codable {
    /// Per member and channel, and per channel.
    var own: [Double] = []
    var common: [Double] = []
    /// The first sample with a contribution of at least ``SurpriseScale/rareSurprise``; −1 before there is one.
    var ownOnsets: [Int] = []
    var commonOnsets: [Int] = []
    var count = 0

    mutating func add(_ reading: RoleReading, time: Int, sample: Int, channels: Int) {
      guard channels > 0 else { return }
      let cells = reading.own.count / max(reading.common.count / channels, 1)
      Self.add(reading.own[time * cells..<(time + 1) * cells], to: &own, &ownOnsets, sample)
      Self.add(reading.common[time * channels..<(time + 1) * channels], to: &common, &commonOnsets, sample)
      count += 1
    }

    private static func add(
      _ surprises: ArraySlice<Float>, to sums: inout [Double], _ onsets: inout [Int], _ sample: Int
    ) {
      sums += [Double](repeating: 0, count: max(surprises.count - sums.count, 0))
      onsets += [Int](repeating: -1, count: max(surprises.count - onsets.count, 0))
      for (place, surprise) in surprises.enumerated() {
        sums[place] += Double(surprise)
        if surprise >= SurpriseScale.rareSurprise, onsets[place] < 0 { onsets[place] = sample }
      }
    }
  }

  /// What is known of an incident that goes on.
  struct Open: Sendable, Codable {
    var samples: Range<Int>
    var alarms: [EntityPath: Alarm] = [:]
    /// Per role.
    var sums: [Sums]
  }

  let gap: Int
  let persistence: Int
  /// The names of the roles, and how many groups of channels make the strength of an entity.
  let roles: [String]
  let groups: Int
  var open: Open?
  /// The last readings before the present block, one sample each, oldest first: what the first alarm was raised by.
  var recent: [[RoleReading]] = []

  init(gap: Int, options: SurpriseOptions, roles: [String]) {
    (self.gap, persistence, groups) = (gap, options.persistence, options.groups)
    self.roles = roles
  }

  /// The samples of the incident that goes on.
  var openSamples: Range<Int>? { open?.samples }

  /// Follows a block of samples; returns what is new about incidents.
  mutating func follow(
    _ readings: [RoleReading], from first: Int, count: Int, streams: [any RoleStream]
  ) -> [IncidentEvent] {
    var events: [IncidentEvent] = []
    for time in 0..<count {
      let sample = first + time
      let alarmed = Self.alarmed(readings, time: time, streams: streams)
      guard !alarmed.isEmpty else {
        // This quiet sample and those before it are more than the gap.
        if let open, sample - open.samples.upperBound >= gap {
          events += finish(streams: streams).map { IncidentEvent(.end, $0) }
        }
        continue
      }
      let length = open?.samples.count ?? 0
      begin(at: sample, time: time, readings, streams)
      record(alarmed, at: sample)
      for role in readings.indices {
        open!.sums[role].add(
          readings[role], time: time, sample: sample, channels: streams[role].channels.count)
      }
      if let kind = Self.news(from: length, to: open!.samples.count) {
        events.append(IncidentEvent(kind, incident(open!, streams: streams)))
      }
    }
    remember(readings, count: count, streams: streams)
    return events
  }

  /// The first length at which an incident is told of again.
  private static let firstUpdate = 8

  /// What is to be told of an incident that grew from one length to another, the first being zero when it was not there.
  private static func news(from length: Int, to newLength: Int) -> IncidentEvent.Kind? {
    if length == 0 { return .start }
    // Whether a power of two lies between.
    let isUpdate = newLength >= firstUpdate && length.leadingZeroBitCount > newLength.leadingZeroBitCount
    return isUpdate ? .update : nil
  }

  /// The members that are alarmed at one sample, with their scores, and whether they report nothing.
  private static func alarmed(
    _ readings: [RoleReading], time: Int, streams: [any RoleStream]
  ) -> [(entity: EntityPath, score: Float, isSilent: Bool)] {
    var result: [(EntityPath, Float, Bool)] = []
    for (reading, stream) in zip(readings, streams) {
      let members = stream.members.count
      for member in 0..<members where reading.alarmed[time * members + member] {
        let place = time * members + member
        result.append((stream.members[member], reading.scores[place], reading.silent[place]))
      }
    }
    return result
  }

  /// Opens an incident unless one goes on; its evidence begins with the samples that raised the alarm.
  private mutating func begin(at sample: Int, time: Int, _ readings: [RoleReading], _ streams: [any RoleStream]) {
    guard open == nil else { return }
    var incident = Open(samples: sample..<sample, sums: readings.map { _ in Sums() })
    for age in (1..<persistence).reversed() {
      let earlier = time - age
      for role in readings.indices {
        let channels = streams[role].channels.count
        if earlier >= 0 {
          incident.sums[role].add(readings[role], time: earlier, sample: sample - age, channels: channels)
        } else if recent.count + earlier >= 0 {
          incident.sums[role].add(
            recent[recent.count + earlier][role], time: 0, sample: sample - age, channels: channels)
        }
      }
    }
    open = incident
  }

  private mutating func record(_ alarmed: [(entity: EntityPath, score: Float, isSilent: Bool)], at sample: Int) {
    open!.samples = open!.samples.lowerBound..<sample + 1
    for (entity, score, isSilent) in alarmed {
      var alarm = open!.alarms[entity] ?? Alarm(entity: entity, samples: sample..<sample, peakScore: score)
      alarm.samples = alarm.samples.lowerBound..<sample + 1
      alarm.peakScore = max(alarm.peakScore, score)
      alarm.silentCount += isSilent ? 1 : 0
      open!.alarms[entity] = alarm
    }
  }

  /// Keeps the last readings of a block for an alarm that begins in the next one.
  private mutating func remember(_ readings: [RoleReading], count: Int, streams: [any RoleStream]) {
    for time in max(count - persistence + 1, 0)..<count {
      recent.append(
        zip(readings, streams).map { reading, stream in
          reading.sample(time, members: stream.members.count, channels: stream.channels.count)
        })
    }
    if recent.count > persistence - 1 { recent.removeFirst(recent.count - persistence + 1) }
  }

  /// Ends the incident that goes on.
  mutating func finish(streams: [any RoleStream]) -> [Incident] {
    guard let incident = open else { return [] }
    open = nil
    return [self.incident(incident, streams: streams)]
  }

  /// An incident as far as it is known.
  private func incident(_ open: Open, streams: [any RoleStream]) -> Incident {
    Incident(
      samples: open.samples,
      alarms: open.alarms.values.sorted { ($1.peakScore, $0.entity) < ($0.peakScore, $1.entity) },
      evidence: Evidence(open.sums, roles: roles, largest: groups, streams: streams))
  }
}

extension RoleReading {
  /// One sample of a block.
  func sample(_ time: Int, members: Int, channels: Int) -> RoleReading {
    var result = self
    result.scores = Array(scores[time * members..<(time + 1) * members])
    result.alarmed = Array(alarmed[time * members..<(time + 1) * members])
    result.own = Array(own[time * members * channels..<(time + 1) * members * channels])
    result.common = Array(common[time * channels..<(time + 1) * channels])
    return result
  }
}
