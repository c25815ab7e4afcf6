public import StrataTelemetry
import StrataTensor

/// What a monitor says about the samples of one piece.
public struct MonitorReading: Sendable {
  /// The samples, counted from the first that the monitor ever saw.
  public let samples: Range<Int>
  /// The scores of every entity that is scored, by role and in the order in which entities came: −log₁₀ of the p-value,
  /// with the contribution of each channel where that was asked for.
  public internal(set) var series: [ScoreSeries] = []
  /// Per series, at which samples of the piece the entity is alarmed.
  public internal(set) var alarmed: [[Bool]] = []
  /// What is new about incidents, in the order in which it happened: the same however samples are cut into pieces.
  public internal(set) var events: [IncidentEvent] = []
  /// The samples of an incident that has not ended.
  public internal(set) var openIncident: Range<Int>?
  /// What does not fit between the telemetry and the detector: channels and entities that one has and the other has not.
  public internal(set) var notices: [String]

  init(samples: Range<Int>, notices: [String]) { (self.samples, self.notices) = (samples, notices) }

  /// Incidents that ended in this piece.
  public var incidents: [Incident] { events.filter { $0.kind == .end }.map(\.incident) }
}

/// How one entity's scores are measured, and from where on it is alarmed.
struct MemberLevel: Sendable {
  let calibration: ScoreCalibration
  let budgetShare: Double
  /// In the model's scores.
  let threshold: Float

  init(_ entity: EntityPath, of role: FittedRole, rate: Double) {
    calibration = role.calibration(of: entity)
    budgetShare = role.budgetShare
    threshold = role.threshold(rate: rate, of: entity)
  }

  /// The threshold as −log₁₀ of false alarms per sample of a node.
  var shownThreshold: Float { calibration.score(of: threshold, budgetShare: budgetShare) }
}

/// What the stream of one role says about a block of samples.
struct RoleReading: Sendable {
  /// Per sample and member, `time · members + member`.
  var scores: [Float] = []
  var alarmed: [Bool] = []
  /// Per sample and member, whether it reported nothing.
  var silent: [Bool] = []
  /// Per sample, member and channel: what the member's own deviation contributes.
  var own: [Float] = []
  /// Per sample and channel: what the deviation of all members together contributes.
  var common: [Float] = []

  /// Readings that were kept.
  init(scores: [Float], alarmed: [Bool], own: [Float], common: [Float]) {
    (self.scores, self.alarmed, self.own, self.common) = (scores, alarmed, own, common)
  }

  /// Pushes the samples of a block.
  init(
    _ block: Range<Int>, of piece: Run, _ layout: RoleLayout, levels: [MemberLevel],
    stream: inout any RoleStream, counters: inout CounterStates
  ) {
    let (cells, channels) = (stream.cellCount, stream.channels.count)
    let conversion = CounterRates(interval: piece.interval)
    var row = [Float](repeating: .nan, count: cells)
    var rows: [Float] = []
    rows.reserveCapacity(block.count * cells)
    for time in block {
      layout.copyRow(time, of: piece, into: &row)
      for first in stride(from: 0, to: cells, by: max(channels, 1)) {
        silent.append(row[first..<first + channels].allSatisfy { !$0.isFinite })
      }
      for channel in layout.counters {
        for cell in stride(from: channel, to: row.count, by: channels) {
          row[cell] = counters.rate(of: row[cell], at: cell, conversion)
        }
      }
      rows += row
    }
    let scored = rows.withUnsafeBufferPointer { stream.push($0, count: block.count) }
    require(
      scored.scores.count == block.count * levels.count && scored.own.count == block.count * cells
        && scored.common.count == block.count * channels,
      "Monitor: the stream of a method of detection gave arrays of other shapes than it was asked for")
    scores.reserveCapacity(scored.scores.count)
    alarmed.reserveCapacity(scored.scores.count)
    for (place, value) in scored.scores.enumerated() {
      let level = levels[place % levels.count]
      scores.append(level.calibration.score(of: value, budgetShare: level.budgetShare))
      alarmed.append(value > level.threshold)
    }
    (own, common) = (scored.own, scored.common)
  }

  /// The scores alone.
  var withoutContributions: RoleReading {
    var result = self
    (result.own, result.common) = ([], [])
    return result
  }
}

extension MonitorReading {
  /// Adds the scores of one role, block after block.
  mutating func append(
    _ parts: [RoleReading], of stream: any RoleStream, levels: [MemberLevel], from first: Int, keepsContributions: Bool
  ) {
    let (members, references) = (stream.members, stream.channels)
    let channels = references.count
    // What moves all peers says nothing of any one; without peers there is nothing else.
    let isAlone = members.count < RoleBaseline.smallestGroup
    for (member, entity) in members.enumerated() {
      var scores: [Float] = []
      var alarmed: [Bool] = []
      var contributions: [Float] = []
      for part in parts {
        for (time, place) in stride(from: member, to: part.scores.count, by: members.count).enumerated() {
          scores.append(part.scores[place])
          alarmed.append(part.alarmed[place])
          guard keepsContributions else { continue }
          for channel in 0..<channels {
            let own = part.own[place * channels + channel]
            contributions.append(isAlone ? max(own, part.common[time * channels + channel]) : own)
          }
        }
      }
      series.append(
        ScoreSeries(
          run: 0, entity: entity, samples: first..<first + scores.count, scores: scores,
          contributions: keepsContributions ? NDArray([scores.count, channels], contributions) : nil,
          channels: keepsContributions ? references : [], threshold: levels[member].shownThreshold))
      self.alarmed.append(alarmed)
    }
  }
}
