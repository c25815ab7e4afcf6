public import StrataTelemetry
import StrataTensor

/// What a monitor says about the samples of one piece.
public struct MonitorReading: Sendable {
  /// The samples, counted from the first that the monitor ever saw.
  public let samples: Range<Int>
  /// The scores of every entity that is scored, by role and in the order in which entities came: −log₁₀ of the p-value,
  /// with the surprise of each channel where that was asked for.
  public internal(set) var series: [ScoreSeries] = []
  /// Per series, at which samples of the piece the entity is alarmed.
  public internal(set) var alarmed: [[Bool]] = []
  /// Incidents that ended in this piece.
  public internal(set) var incidents: [Incident] = []
  /// The samples of an incident that has not ended.
  public internal(set) var openIncident: Range<Int>?
  /// What does not fit between the telemetry and the detector: channels and entities that one has and the other has not.
  public internal(set) var notices: [String]

  init(samples: Range<Int>, notices: [String]) { (self.samples, self.notices) = (samples, notices) }
}

/// What the stream of one role says about a block of samples.
struct RoleReading: Sendable {
  /// Per sample and member, `time · members + member`.
  var scores: [Float] = []
  var alarmed: [Bool] = []
  /// Per sample, member and channel: surprises in the peer view.
  var peers: [Float] = []
  /// Per sample and channel: surprises in the common view.
  var common: [Float] = []

  /// Readings that were kept.
  init(scores: [Float], alarmed: [Bool], peers: [Float], common: [Float]) {
    (self.scores, self.alarmed, self.peers, self.common) = (scores, alarmed, peers, common)
  }

  /// Pushes the samples of a block.
  init(
    _ block: Range<Int>, of piece: Run, _ layout: RoleLayout, role: FittedRole, threshold: Float,
    stream: inout SurpriseStream, counters: inout CounterStates
  ) {
    let (members, channels) = (stream.members.count, stream.baseline.channels.count)
    let conversion = CounterRates(interval: piece.interval)
    scores.reserveCapacity(block.count * members)
    peers.reserveCapacity(block.count * members * channels)
    var row = [Float](repeating: .nan, count: members * channels)
    for time in block {
      layout.copyRow(time, of: piece, into: &row)
      for channel in layout.counters {
        for cell in stride(from: channel, to: row.count, by: channels) {
          row[cell] = counters.rate(of: row[cell], at: cell, conversion)
        }
      }
      let surprises = row.withUnsafeBufferPointer { stream.push($0) }
      for surprise in surprises {
        scores.append(role.score(of: surprise))
        alarmed.append(surprise > threshold)
      }
      peers += stream.peerSurprises
      common += stream.commonSurprises
    }
  }

  /// The scores alone.
  var withoutContributions: RoleReading {
    var result = self
    (result.peers, result.common) = ([], [])
    return result
  }
}

extension MonitorReading {
  /// Adds the scores of one role, block after block.
  mutating func append(
    _ parts: [RoleReading], of stream: SurpriseStream, threshold: Float, from first: Int, keepsContributions: Bool
  ) {
    let (members, references) = (stream.members, stream.baseline.channels)
    let channels = references.count
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
            contributions.append(
              max(part.peers[place * channels + channel], part.common[time * channels + channel]))
          }
        }
      }
      series.append(
        ScoreSeries(
          run: 0, entity: entity, samples: first..<first + scores.count, scores: scores,
          contributions: keepsContributions ? NDArray([scores.count, channels], contributions) : nil,
          channels: keepsContributions ? references : [], threshold: threshold))
      self.alarmed.append(alarmed)
    }
  }
}
