public import StrataTelemetry

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A fault at a definite place and time.
public struct FaultInjection: Codable, Hashable, Sendable {
  /// What kind of fault it is.
  public let kind: FaultKind
  /// The devices that show the cause: one, or every holder of a hot expert.
  public let culprits: [EntityPath]
  /// The preferred expert of a hot-expert fault.
  public let expert: Int?
  /// When it begins, in seconds from the start of the run.
  public let onset: Double
  /// How long it lasts, in seconds.
  public let duration: Double
  /// How strong it becomes, above zero and at most one.
  public let severity: Double
  /// How it grows.
  public let shape: OnsetShape
  /// Seconds over which it grows.
  public let ramp: Double

  /// The ranks of the culprits.
  package let ranks: [Int]

  package init(
    kind: FaultKind, culprits: [EntityPath], ranks: [Int], expert: Int?, onset: Double, duration: Double,
    severity: Double, shape: OnsetShape, ramp: Double
  ) {
    (self.kind, self.culprits, self.ranks, self.expert) = (kind, culprits, ranks, expert)
    (self.onset, self.duration, self.severity) = (onset, duration, severity)
    (self.shape, self.ramp) = (shape, ramp)
  }

  /// The end of the injection, in seconds from the start of the run.
  public var end: Double { onset + duration }

  /// How strong it is at a moment: zero outside its interval, at most ``severity``.
  public func intensity(at time: Double) -> Double {
    guard time >= onset && time < end else { return 0 }
    if shape == .step || ramp == 0 { return severity }
    let progress = (time - onset) / ramp
    return severity * (shape == .linear ? min(1, progress) : 1 - exp(-progress))
  }

  /// The samples during which it lasted. Sample `k` reports on the time from `k` to `k + 1` intervals.
  public func samples(interval: Double, count: Int) -> Range<Int> {
    Int(onset / interval)..<min(count, Int((end / interval).rounded(.up)))
  }
}
