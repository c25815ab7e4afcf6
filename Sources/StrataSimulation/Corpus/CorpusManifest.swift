public import StrataTelemetry

/// What a corpus holds: the file `corpus.json`.
public struct CorpusManifest: Codable, Hashable, Sendable {
  /// One run that has been written.
  public struct Entry: Codable, Hashable, Sendable {
    /// Its name.
    public let name: String
    /// For what it is meant.
    public let split: CorpusSpecification.Split
    /// The name of its topology.
    public let topology: String
    /// What its accelerators are.
    public let hardware: Hardware
    /// The seed with which it can be made again.
    public let seed: UInt64
    /// The scenario in YAML from which it can be made again.
    public let scenario: String
    /// Ids of its faults, in the order of onset.
    public let faults: [String]
    /// The run store, relative to the folder of the corpus.
    public let store: String
    /// The truth, relative to the folder of the corpus.
    public let truth: String
    /// The content hash of the run.
    public let contentHash: String
    /// The SHA-256 of the file of the truth.
    public let truthHash: String
  }

  /// The version of the format.
  public var format = Corpus.format
  /// What the corpus is called.
  public let name: String
  /// What decided everything random.
  public let seed: UInt64
  /// The text of the specification.
  public let specification: String
  /// How many runs there will be when the corpus is complete.
  public let planned: Int
  /// The runs that are there, in the order of their plan.
  public internal(set) var runs: [Entry]

  /// Whether every run is there.
  public var isComplete: Bool { runs.count == planned }
}
