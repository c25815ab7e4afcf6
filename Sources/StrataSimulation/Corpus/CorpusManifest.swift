/// What a corpus holds: the file `corpus.json`.
public struct CorpusManifest: Codable, Hashable, Sendable {
  /// One run that has been written.
  public struct Entry: Codable, Hashable, Sendable {
    public let name: String
    public let split: CorpusSpecification.Split
    public let topology: String
    public let hardware: Hardware
    /// The seed and the scenario in YAML, from which the run can be made again.
    public let seed: UInt64
    public let scenario: String
    /// Ids of its faults, in the order of onset.
    public let faults: [String]
    /// The run store and the truth, relative to the folder of the corpus.
    public let store: String
    public let truth: String
    /// The content hash of the run, and the SHA-256 of the file of the truth.
    public let contentHash: String
    public let truthHash: String
  }

  /// The version of the format.
  public var format = "strata-corpus-1"
  public let name: String
  /// What determined every run.
  public let seed: UInt64
  public let specification: String
  /// How many runs there will be when the corpus is complete.
  public let planned: Int
  /// The runs that are there, in the order of their plan.
  public internal(set) var runs: [Entry]

  /// Whether every run is there.
  public var isComplete: Bool { runs.count == planned }
}
