public import StrataTelemetry
import StrataTensor
import StrataTraining

/// What a result was made with: enough to make it again, or to see why it cannot be.
public struct Provenance: Codable, Hashable, Sendable {
  /// The version of this library.
  public static let currentVersion = "0.1.0"

  /// The version of the library that made the result.
  public var version: String
  public var seed: UInt64
  /// SHA-256 of the canonical text of the configuration.
  public var configurationHash: String
  /// SHA-256 of the runs: of the names and hashes of their contents.
  public var dataHash: String
  /// The commit of the source tree that the program was built in; `nil` when it was run from elsewhere.
  public var commit: String?
  /// The kernels in use, which decide the last bits of results.
  public var kernels: String

  /// Describes a result that this process makes.
  ///
  /// - Complexity: Reads every sample of the runs once.
  public init(_ configuration: PipelineConfiguration, runs: [Run]) {
    version = Self.currentVersion
    seed = configuration.training.seed
    configurationHash = Self.hash(configuration.canonicalText)
    dataHash = Self.hash(runs.map { "\($0.name) \($0.contentHash)\n" }.joined())
    commit = SourceRevision.current
    kernels = KernelVariant.active.name
  }

  private static func hash(_ text: String) -> String {
    var hash = SHA256()
    hash.update(text.utf8)
    return hash.finalize()
  }
}
