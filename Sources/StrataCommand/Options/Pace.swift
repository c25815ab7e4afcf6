import ArgumentParser
import Strata

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How fast a simulated store grows.
enum Pace: ExpressibleByArgument, Equatable {
  /// Times faster than the cluster runs.
  case times(Double)
  /// As fast as the simulator computes.
  case unlimited

  /// Reads `10x`, `10` or `unlimited`.
  init?(argument: String) {
    if argument == "unlimited" {
      self = .unlimited
      return
    }
    let number = argument.hasSuffix("x") ? String(argument.dropLast()) : argument
    guard let factor = Double(number), factor > 0, factor.isFinite else { return nil }
    self = .times(factor)
  }

  /// The samples that appear together: those of about a second; without a pace, those of a block of the simulator.
  func piece(interval: Double) -> Int {
    switch self {
    case .times(let factor): Int(min(max((factor / interval).rounded(), 1), 60))
    case .unlimited: 60
    }
  }
}

/// Waits until it is time for the next samples.
struct Pacer {
  /// Seconds per sample; zero for no waiting.
  private let seconds: Double
  private let clock = ContinuousClock()
  private let begin: ContinuousClock.Instant

  init(_ pace: Pace, interval: Double) {
    begin = clock.now
    seconds =
      switch pace {
      case .times(let factor): interval / factor
      case .unlimited: 0
      }
  }

  /// Waits until so many samples have been taken, or a signal is noted.
  func wait(untilSample sample: Int) {
    let due = begin + .seconds(seconds * Double(sample))
    while clock.now < due, Interruption.received == nil {
      usleep(UInt32(min(max((due - clock.now) / .microseconds(1), 1), 100_000)))
    }
  }
}
