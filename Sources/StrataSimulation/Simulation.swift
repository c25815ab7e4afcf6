public import StrataTelemetry

/// A simulated run together with everything that is known about its faults.
public struct Simulation: Sendable {
  /// A fault and what it did.
  public struct Injection: Sendable {
    /// Where, when and how strong.
    public let fault: FaultInjection
    /// What it did, measured against the replay without it.
    public let impact: FaultImpact
  }

  /// The telemetry with its labels.
  public let run: Run
  /// Every fault in the order of onset.
  public let injections: [Injection]
}
