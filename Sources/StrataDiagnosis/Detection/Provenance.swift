public import StrataTelemetry
import StrataTensor

/// What a result was made with: enough to make it again, or to see why it cannot be.
public struct Provenance: Codable, Hashable, Sendable {
  /// The version of this library.
  public static let currentVersion = "0.1.0"

  /// The version of the library that made the result.
  public var version: String
  /// The seed of training.
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
  /// - Parameters:
  ///   - settings: One text that is equal for equal settings.
  ///   - seed: What decided everything random; zero when nothing is.
  ///   - runs: What the result was made of.
  /// - Complexity: Reads every sample of the runs once.
  public init(settings: String, seed: UInt64 = 0, runs: [Run]) {
    self.init(settings: settings, seed: seed, dataHash: Self.hash(of: runs))
  }

  /// Describes a result that this process makes of data that were hashed before.
  ///
  /// - Parameters:
  ///   - settings: One text that is equal for equal settings.
  ///   - seed: What decided everything random; zero when nothing is.
  ///   - dataHash: SHA-256 of the names and hashes of the contents of the runs.
  public init(settings: String, seed: UInt64, dataHash: String) {
    version = Self.currentVersion
    self.seed = seed
    configurationHash = Self.hash(settings)
    self.dataHash = dataHash
    commit = SourceRevision.current
    kernels = KernelVariant.active.name
  }

  /// Twelve digits that differ when the configuration or the data do: a name for what was made of them.
  public var shortHash: String { String(Self.hash(configurationHash + dataHash).prefix(12)) }

  /// One hash over runs, in their order: of their names and contents.
  ///
  /// - Complexity: Reads every sample once.
  public static func hash(of runs: [Run]) -> String { hash(of: runs.map { ($0.name, $0.contentHash) }) }

  /// One hash over the names and content hashes of runs, in their order.
  public static func hash(of contents: [(name: String, contentHash: String)]) -> String {
    hash(contents.map { "\($0.name) \($0.contentHash)\n" }.joined())
  }

  /// The hash of a text, such as a configuration's canonical one.
  public static func hash(_ text: String) -> String {
    var hash = SHA256()
    hash.update(text.utf8)
    return hash.finalize()
  }
}
