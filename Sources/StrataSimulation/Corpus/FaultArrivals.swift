import StrataTensor

/// When which hosts of a cluster fail, and for how long.
///
/// Spontaneous faults arrive at a rate that follows the hour of the day and stretches of good and bad weeks, on hosts of
/// which some are frailer than others. Some of them have a cause that hits several hosts at once, and some repairs do not
/// hold: the host fails again, mostly soon and often from the same cause. The defaults reproduce the InfiniteHBD trace
/// (400 hosts, 349 days): the variation of the times between faults, their concentration on hosts, failures after repair,
/// simultaneous failures and repair times. Corpora of runs deal their faults out instead; see ``ScenarioGenerator``.
///
/// The process runs in *field time*. An acceleration of 1000 lets 1000 seconds of it pass in one second of the run: faults
/// come 1000 times as often, and repairs, rhythms and recurrences are 1000 times as quick, so that all ratios stay.
public struct FaultArrivals: Codable, Hashable, Sendable {
  /// Episodes per 1000 host-days of field time; published clusters lie between 2.3 and 6.5.
  public var rate = 4.0
  /// Seconds of field time in a second of the run.
  public var acceleration = 1.0
  /// What fails how often.
  public var table = FailureTable.training
  /// How long repairs take, in field time.
  public var repair = RepairTimes.infiniteHBD
  /// The shape of the gamma distribution of the rates of hosts: the smaller, the fewer hosts have most faults.
  public var frailtyShape = 0.86
  /// Faults that come back.
  public var recurrence = Recurrence()
  /// Faults of several hosts at once.
  public var commonCause = CommonCause()
  /// Good and bad weeks.
  public var campaigns = Campaigns()
  /// Working hours.
  public var rhythm = DailyRhythm()

  /// How often and how soon a repaired host fails again.
  public struct Recurrence: Codable, Hashable, Sendable {
    /// The probability that a repair does not hold.
    public var probability = 0.30
    /// Hours of field time until it fails again: the median, and the deviation of the logarithm.
    public var median = 4.25
    public var spread = 2.6
    /// The probability that it fails from the same cause.
    public var sameCause = 0.54
    /// The probability that a host fails from the cause of its last fault though the repair had held.
    public var chronic = 0.086

    /// The recurrence of the InfiniteHBD trace.
    public init() {}
  }

  /// How often several hosts fail at once, and how many.
  public struct CommonCause: Codable, Hashable, Sendable {
    /// The probability that a spontaneous fault hits further hosts.
    public var probability = 0.117
    /// How many further hosts it hits on average, at least one.
    public var furtherHosts = 2.05

    /// The common causes of the InfiniteHBD trace.
    public init() {}

    /// The expected number of further hosts among `others`, which bound it.
    func expected(among others: Int) -> Double {
      var (sum, survivors) = (0.0, 1.0)
      for _ in 0..<min(others, 200) {
        sum += survivors
        survivors *= 1 - 1 / furtherHosts
      }
      return probability * sum
    }
  }

  /// How the rate wanders from day to day: the logarithm is an autoregressive process of first order.
  public struct Campaigns: Codable, Hashable, Sendable {
    /// The deviation of the logarithm of the rate.
    public var spread = 0.93
    /// Days of field time over which it forgets.
    public var memory = 7.5

    /// The wandering of the InfiniteHBD trace.
    public init() {}
  }

  /// The arrivals of the InfiniteHBD trace at the default rate.
  public init() {}

  /// Days of field time that pass before the run, so that recurrences of earlier faults are under way when it starts.
  static let burnIn = 120

  /// Draws the episodes of a run.
  ///
  /// A longer run begins with the episodes of a shorter one. Hosts that failed before the run started are out of order until
  /// their repair, and are not listed.
  ///
  /// - Parameters:
  ///   - hosts: How many hosts there are.
  ///   - duration: How long the run lasts, in seconds.
  ///   - seed: Equal seeds give equal episodes.
  /// - Returns: Episodes that begin within the run, by start; of one host, none begins before the last has ended.
  /// - Precondition: There is a host, and rate, acceleration and duration are not negative.
  /// - Complexity: O(hosts) per episode.
  public func episodes(hosts: Int, duration: Double, seed: UInt64) -> [FaultEpisode] {
    require(hosts > 0, "FaultArrivals: \(hosts) hosts")
    require(
      rate >= 0 && acceleration > 0 && duration >= 0,
      "FaultArrivals: rate \(rate), acceleration \(acceleration), duration \(duration)")
    var process = ArrivalProcess(self, hosts: hosts, streams: RandomStreams(seed: seed))
    return process.run(days: duration * acceleration / 86_400)
  }
}
