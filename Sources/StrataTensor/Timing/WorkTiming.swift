/// How long one repetition of a work took, over rounds in which it took turns with others.
public struct WorkTiming: Hashable, Codable, Sendable {
  /// What was done.
  public let name: String
  /// How many threads did it.
  public let threads: Int
  /// How much one repetition does.
  public let amount: Double
  /// What `amount` counts.
  public let unit: String
  /// How many rounds there were.
  public let rounds: Int
  /// The seconds of one repetition: the median over the rounds.
  public let median: Double
  /// Its tenth percentile: how long it takes when nothing is in the way.
  public let p10: Double
  /// Its ninetieth percentile; far above the median on a busy machine.
  public let p90: Double

  /// - Precondition: There is a round.
  init(_ work: TimedWork, seconds: [Double]) {
    (name, threads, amount, unit, rounds) = (work.name, work.threads, work.amount, work.unit, seconds.count)
    var seconds = seconds
    (p10, median, p90) = seconds.withUnsafeMutableBufferPointer {
      (OrderStatistics.quantile(0.1, of: $0), OrderStatistics.median($0), OrderStatistics.quantile(0.9, of: $0))
    }
  }

  /// The amount per second, by the median.
  public var rate: Double { amount / median }
}
