import Foundation

/// Everything needed to tell where results came from; `manifest.json`.
public struct Manifest: Codable, Sendable {
  public var title: String
  /// The hash of the specification.
  public var configuration: String
  public var seeds: [UInt64]
  /// The hash of every data set.
  public var data: [String: String]
  /// The commit of the source tree the results were made from.
  public var commit: String?
  public var kernels: String
  public var library: String
  /// Seconds that each data set took, everything included, on the machine it was run on.
  public var seconds: [String: Double]
}

extension Manifest {
  /// Pretty-printed JSON with sorted keys.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }
}
