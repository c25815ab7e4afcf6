public import StrataTelemetry

/// A type of fault that can be injected. The raw value is its name in scenarios and labels.
public enum FaultKind: String, CaseIterable, Codable, Sendable {
  /// A cooling defect: the thermal resistance of one device rises until slowdown lowers its clock.
  case thermalThrottling = "thermal-throttling"
  /// One network link runs below its nominal bandwidth and makes errors.
  case degradedLink = "degraded-link"
  /// The router prefers one expert in part of the layers; the devices that hold it are innocent.
  case hotExpert = "hot-expert"

  /// The layer in which the cause lies.
  public var layer: TelemetryLayer {
    switch self {
    case .thermalThrottling: .physical
    case .degradedLink: .data
    case .hotExpert: .application
    }
  }

  /// The channels of that layer which show the cause on the culprit.
  public var channels: [String] { signals.map { Instrument.all[$0.rawValue].channel.name } }

  /// How the fault usually begins.
  public var usualOnset: (shape: OnsetShape, ramp: Double) {
    switch self {
    case .thermalThrottling, .hotExpert: (.linear, 60)
    case .degradedLink: (.step, 0)
    }
  }

  package var signals: [Signal] {
    switch self {
    case .thermalThrottling: [.temperature, .memoryTemperature, .clock, .thermalViolation]
    case .degradedLink: [.symbolErrors, .receiveErrors, .transmitWait]
    case .hotExpert: [.expertTokens, .largestExpertTokens]
    }
  }
}

/// How the strength of a fault grows after its onset.
public enum OnsetShape: String, CaseIterable, Codable, Sendable {
  /// At once.
  case step
  /// In proportion to time, until the ramp is over.
  case linear
  /// As `1 - exp(-t / ramp)`.
  case exponential
}
