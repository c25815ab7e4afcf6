/// Work that is timed in turns with other work, so that all see the same machine.
///
/// ```swift
/// let works = [
///   TimedWork("product", amount: 2 * 512 * 512 * 512, unit: "FLOP") { _ = matmul(a, b) },
///   TimedWork("copy", amount: 8 * 512 * 512, unit: "B") { _ = a + 0 },
/// ]
/// for timing in try TimedWork.measure(works, for: .seconds(2)) { print(timing.name, timing.rate) }
/// ```
public struct TimedWork {
  /// What is done, unique among works that are measured together.
  public let name: String
  /// How many threads do it.
  public let threads: Int
  /// How much one repetition does, in `unit`.
  public let amount: Double
  /// What `amount` counts, such as `FLOP` or `B`.
  public let unit: String
  private let body: () throws -> Void

  /// - Parameters:
  ///   - name: What is done.
  ///   - threads: How many threads do it.
  ///   - amount: How much one repetition does.
  ///   - unit: What `amount` counts.
  ///   - body: Does it once.
  public init(
    _ name: String, threads: Int = 1, amount: Double, unit: String, _ body: @escaping () throws -> Void
  ) {
    (self.name, self.threads, self.amount, self.unit, self.body) = (name, threads, amount, unit, body)
  }

  /// Does the work once.
  public func callAsFunction() throws { try body() }

  /// Times works in rounds in which each has a turn; another one begins each round.
  ///
  /// Every work is first done twice, untimed: what it sets up is over then, and it is known how often it fits a turn.
  ///
  /// - Parameters:
  ///   - works: What to time.
  ///   - duration: After how long no new round begins. There are three rounds at least.
  ///   - turn: How long a turn is, about; a work that takes longer is done once.
  ///   - check: Called between turns; what it throws ends the measurement.
  /// - Returns: The timings, in the order of the works.
  /// - Throws: What a work or `check` throws.
  public static func measure(
    _ works: [TimedWork], for duration: Duration, turn: Duration = .milliseconds(20), check: () throws -> Void = {}
  ) throws -> [WorkTiming] {
    let clock = ContinuousClock()
    var repetitions: [Int] = []
    for work in works {
      try check()
      try work.body()
      let once = try clock.measure(work.body) / .seconds(1)
      repetitions.append(max(1, Int(min(turn / .seconds(1) / max(once, 1e-9), 1e7))))
    }
    var seconds = [[Double]](repeating: [], count: works.count)
    let begin = clock.now
    var round = 0
    while round < 3 || clock.now - begin < duration {
      for place in works.indices {
        try check()
        let index = (round + place) % works.count
        let elapsed = try clock.measure { for _ in 0..<repetitions[index] { try works[index].body() } }
        seconds[index].append(elapsed / .seconds(1) / Double(repetitions[index]))
      }
      round += 1
    }
    return zip(works, seconds).map { WorkTiming($0, seconds: $1) }
  }
}
