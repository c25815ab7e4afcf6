/// One host out of order from a moment until it is repaired.
public struct FaultEpisode: Codable, Hashable, Sendable {
  /// Why it happened when it did.
  public enum Origin: Codable, Hashable, Sendable {
    /// By itself.
    case spontaneous
    /// Together with other hosts, from one cause; episodes with the same number share it.
    case common(Int)
    /// Because the repair of the episode before on this host did not hold.
    case recurrence
  }

  /// The number of the host.
  public let host: Int
  /// When it begins, in seconds from the start of the run.
  public let start: Double
  /// How long the repair takes, in seconds.
  public let repair: Double
  /// What failed, as the table of failures names it.
  public let cause: FailureTable.Cause
  /// Why then.
  public let origin: Origin

  /// When it ends, in seconds from the start of the run.
  public var end: Double { start + repair }
}
