/// What part of a machine-learning cluster a series describes.
public enum TelemetryLayer: String, CaseIterable, Codable, Sendable, Comparable {
  /// Temperature, power, clocks, memory errors.
  case physical
  /// Networks inside and between hosts, storage.
  case data
  /// Processor and accelerator work, kernels, collectives.
  case compute
  /// Loss, gradients, tokens per expert, step phases, request latency.
  case application

  /// The place in the order physical, data, compute, application.
  public var rank: Int {
    switch self {
    case .physical: 0
    case .data: 1
    case .compute: 2
    case .application: 3
    }
  }

  public static func < (a: TelemetryLayer, b: TelemetryLayer) -> Bool { a.rank < b.rank }
}
