#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How the rate of reported faults changes over the day: a cosine once and another twice a day.
///
/// Faults of a cluster follow working hours, because people find them: a bias of labels that a corpus should have.
public struct DailyRhythm: Codable, Hashable, Sendable {
  /// Amplitudes of the first and second harmonic, relative to the mean.
  public var once: Double
  public var twice: Double
  /// How many hours before the first harmonic the second is largest.
  public var lead: Double
  /// The hour of the day at which the first harmonic is largest.
  public var busiestHour: Double
  /// The hour of the day at which the run starts.
  public var startHour: Double

  /// The rhythm of the InfiniteHBD trace, whose busiest eight hours have 3.2 times the faults of the quietest.
  public init(
    once: Double = 0.8, twice: Double = 0.3, lead: Double = 3.45, busiestHour: Double = 14, startHour: Double = 0
  ) {
    (self.once, self.twice, self.lead) = (once, twice, lead)
    (self.busiestHour, self.startHour) = (busiestHour, startHour)
  }

  /// No rhythm at all.
  public static let none = DailyRhythm(once: 0, twice: 0)

  /// The rate relative to its mean, at some days after the start.
  package func factor(at days: Double) -> Double {
    let phase = 2 * Double.pi * (days + (startHour - busiestHour) / 24)
    return max(0, 1 + once * cos(phase) + twice * cos(2 * (phase + 2 * .pi * lead / 24)))
  }

  /// No factor exceeds it.
  package var bound: Double { 1 + once.magnitude + twice.magnitude }
}
