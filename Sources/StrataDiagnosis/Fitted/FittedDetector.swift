public import StrataTelemetry
import StrataTensor

/// A detector with everything that scoring needs: what is normal for each entity and role, how often clean time reaches a
/// score, and when an alarm is raised. A value that can be saved, loaded and put to any run of any cluster.
public struct FittedDetector: Sendable {
  /// Clean time that the detector was fitted to.
  public struct CleanTime: Hashable, Codable, Sendable {
    /// The name of the run.
    public let run: String
    /// How many samples of it.
    public let sampleCount: Int
    /// How many machines, or entities where there are no machines.
    public let nodeCount: Int
  }

  /// Seconds between samples.
  public let interval: Double
  /// How deviations become scores.
  public let options: SurpriseOptions
  /// When scores become alarms, unless whoever runs the detector says otherwise.
  public let policy: AlarmPolicy
  /// What it was fitted to.
  public let cleanTime: [CleanTime]
  /// What it was made with.
  public let provenance: Provenance
  /// By name.
  let roles: [FittedRole]

  /// The names of the roles that have a baseline.
  public var roleNames: [String] { roles.map(\.name) }

  /// Days of clean time, summed over nodes.
  public var cleanNodeDays: Double {
    cleanTime.reduce(0) { $0 + Double($1.sampleCount * $1.nodeCount) } * interval / 86_400
  }

  /// How many entities have a baseline of their own.
  public var entityCount: Int { roles.reduce(0) { $0 + $1.detector.members.count } }

  /// How many entities of a role have a baseline of their own.
  public func entityCount(ofRole name: String) -> Int {
    roles.first { $0.name == name }?.detector.members.count ?? 0
  }

  /// The channels that are watched, per role.
  public func channels(ofRole name: String) -> [ChannelReference] {
    roles.first { $0.name == name }?.detector.channels ?? []
  }

  /// The method that watches a role, in words.
  public func method(ofRole name: String) -> String? {
    roles.first { $0.name == name }.map { type(of: $0.detector).method }
  }

  /// The score of its method above which each role is alarmed, by name; where entities are calibrated one by one, the
  /// lowest of theirs.
  public func thresholds(for policy: AlarmPolicy) -> [String: Float] {
    let rate = policy.rate(interval: interval)
    return Dictionary(
      uniqueKeysWithValues: roles.map { role in
        (
          role.name,
          role.detector.members.map { role.threshold(rate: rate, of: $0) }.min() ?? role.threshold(rate: rate)
        )
      })
  }
}
