#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a run of a corpus is meant for.
public enum CorpusSplit: String, CaseIterable, Codable, Sendable { case train, validation, test }

/// Many runs in one folder, of which a manifest says what each is meant for.
///
/// ```
/// corpus/corpus.json              {"format": "strata-corpus-1", "name": …, "planned": 18, "runs": [{"name": "train-0000",
///                                  "split": "train", "store": "train/train-0000.zarr", "contentHash": …}, …]}
/// corpus/train/train-0000.zarr    run stores
/// ```
/// Opening reads the manifest and no samples. What else a manifest says is left to who wrote it.
public struct Corpus: Sendable {
  /// The name of the manifest.
  public static let manifestName = "corpus.json"
  /// The version of the format that is read and written.
  public static let format = "strata-corpus-1"

  /// One run of a corpus.
  public struct Entry: Codable, Hashable, Sendable {
    /// Its name.
    public let name: String
    /// What it is meant for.
    public let split: CorpusSplit
    /// The run store, relative to the folder of the corpus.
    public let store: String
    /// The content hash of the run, as it was when the manifest was written.
    public let contentHash: String
  }

  /// Where the corpus is.
  public let folder: String
  /// The runs, in the order of the manifest.
  public let entries: [Entry]

  /// Whether a folder holds a corpus, by the presence of its manifest.
  public static func isCorpus(_ folder: String) -> Bool { fileExists("\(folder)/\(manifestName)") }

  /// Reads the manifest of a folder.
  ///
  /// - Parameter folder: The folder of the corpus.
  /// - Throws: ``TelemetryFileError`` when there is no manifest, it is damaged, of another format or of a corpus that is
  ///   not complete, two runs have one name, or a store would lie outside the folder.
  public init(opening folder: String) throws(TelemetryFileError) {
    let path = "\(folder)/\(Self.manifestName)"
    func refuse(_ problem: String) -> TelemetryFileError { TelemetryFileError(problem, source: path) }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw TelemetryFileError("is no corpus: there is no \(Self.manifestName)", source: folder)
    }
    guard let manifest = try? JSONDecoder().decode(Manifest.self, from: data), manifest.format == Self.format else {
      throw refuse("is no manifest of a corpus in the format \(Self.format)")
    }
    guard manifest.runs.count == manifest.planned else {
      throw refuse(
        "lists \(manifest.runs.count) of \(manifest.planned) runs: the corpus is not complete; go on with what writes it"
      )
    }
    var names: Set<String> = []
    for run in manifest.runs {
      guard names.insert(run.name).inserted else { throw refuse("lists '\(run.name)' twice") }
      guard !run.store.hasPrefix("/"), !run.store.split(separator: "/").contains("..") else {
        throw refuse("run '\(run.name)': the store '\(run.store)' does not lie in the folder")
      }
    }
    (self.folder, entries) = (folder, manifest.runs)
  }

  /// The runs that are meant for one purpose, opened; no samples are read.
  ///
  /// - Throws: `RunStoreError` for a store that is missing or damaged.
  public func stores(for split: CorpusSplit) throws(RunStoreError) -> [RunStore] {
    var stores: [RunStore] = []
    for entry in entries where entry.split == split { stores.append(try RunStore(opening: "\(folder)/\(entry.store)")) }
    return stores
  }

  private struct Manifest: Decodable {
    let format: String
    let planned: Int
    let runs: [Entry]
  }
}
