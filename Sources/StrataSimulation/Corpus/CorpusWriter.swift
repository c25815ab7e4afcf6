public import StrataTelemetry
import StrataTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Why a corpus cannot be written or continued.
public struct CorpusError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file or folder.
  public let path: String
  /// What is wrong, as the end of a sentence that begins with the path.
  public let problem: String
  /// The path and the problem.
  public var description: String { "\(path): \(problem)" }
}

/// Writes the runs of a corpus, one by one, and goes on where an earlier attempt ended.
///
/// ```
/// corpus/corpus.json              what there is: CorpusManifest
/// corpus/train/train-0000.zarr    run stores, by split
/// corpus/truth/train-0000.json    their truth
/// ```
/// The manifest is renewed after every run, so that what it lists is complete at any time.
public struct CorpusWriter: Sendable {
  /// The name of the manifest.
  public static let manifestName = Corpus.manifestName

  /// Where the corpus is or will be.
  public let folder: String
  /// What draws its runs.
  public let generator: ScenarioGenerator
  /// The text of the specification, which the manifest keeps.
  public let specification: String
  /// How many threads simulate.
  public let threads: Int

  /// - Parameters:
  ///   - folder: Where the corpus will be; its parent exists.
  ///   - specification: The text of a specification.
  ///   - source: What errors call it.
  ///   - seed: What decides everything random.
  ///   - threads: How many threads simulate; results do not depend on it.
  public init(
    folder: String, specification: String, source: String, seed: UInt64, threads: Int = 1
  ) throws(ConfigurationError) {
    (self.folder, self.specification, self.threads) = (folder, specification, threads)
    generator = ScenarioGenerator(try CorpusSpecification(parsing: specification, source: source), seed: seed)
  }

  /// How far the work has come.
  public struct Progress: Sendable {
    /// The run that is under way.
    public let run: String
    /// Its place, counted from zero.
    public let index: Int
    /// How many runs there are.
    public let count: Int
    /// How far it is; nil when it was there already.
    public let part: SimulationProgress?
  }

  /// Writes every run that is not there yet.
  ///
  /// A run is kept when the manifest lists it with the same scenario and seed, and its store and truth have the hashes that
  /// it says; everything else is simulated again.
  ///
  /// - Parameter progress: Told after every 60 samples of a run or fewer, and of every run that is kept; what it throws ends
  ///   the work, and what is complete stays.
  /// - Returns: The complete manifest.
  /// - Throws: ``CorpusError`` when the folder holds something else or a corpus of another specification or seed,
  ///   `FileError` and `RunStoreError` when it cannot be written, and what `progress` throws.
  @discardableResult
  public func write(progress: (Progress) throws -> Void = { _ in }) throws -> CorpusManifest {
    let runs = generator.runs
    var manifest = CorpusManifest(
      name: generator.specification.name, seed: generator.seed, specification: specification, planned: runs.count,
      runs: [])
    let known = Dictionary(try existing(like: manifest).map { ($0.name, $0) }) { first, _ in first }
    try createFolders(Set(runs.map(\.split.rawValue)))
    for (index, run) in runs.enumerated() {
      if let entry = known[run.name], isIntact(entry, of: run) {
        manifest.runs.append(entry)
        try progress(Progress(run: run.name, index: index, count: runs.count, part: nil))
        continue
      }
      let entry = try simulate(run) { part in
        try progress(Progress(run: run.name, index: index, count: runs.count, part: part))
      }
      manifest.runs.append(entry)
      // Runs behind this one that an earlier attempt has written stay listed.
      var listed = manifest
      listed.runs += runs[(index + 1)...].compactMap { known[$0.name] }
      try writeJSON(listed, to: "\(folder)/\(Self.manifestName)")
    }
    try writeJSON(manifest, to: "\(folder)/\(Self.manifestName)")
    return manifest
  }

  /// Checks before work begins whether ``write(progress:)`` may use the folder.
  ///
  /// - Throws: ``CorpusError``.
  public func check() throws(CorpusError) {
    let runs = generator.runs
    _ = try existing(
      like: CorpusManifest(
        name: generator.specification.name, seed: generator.seed, specification: specification, planned: runs.count,
        runs: []))
  }

  private func simulate(_ run: CorpusRun, progress: (SimulationProgress) throws -> Void) throws -> CorpusManifest.Entry
  {
    let (store, truth) = ("\(run.split.rawValue)/\(run.name).zarr", "truth/\(run.name).json")
    var outputs = SimulationOutputs(store: "\(folder)/\(store)")
    outputs.truth = "\(folder)/\(truth)"
    outputs.replaces = true
    let injections = try Simulator(run.scenario, seed: run.seed, threads: threads).write(
      to: outputs, progress: progress)
    return CorpusManifest.Entry(
      name: run.name, split: run.split, topology: run.topology, hardware: run.scenario.cluster.hardware, seed: run.seed,
      scenario: run.scenario.yaml, faults: injections.map(\.fault.card.id), store: store, truth: truth,
      contentHash: try RunStore(opening: "\(folder)/\(store)").contentHash(),
      truthHash: try Self.hash(of: "\(folder)/\(truth)"))
  }

  private func isIntact(_ entry: CorpusManifest.Entry, of run: CorpusRun) -> Bool {
    entry.seed == run.seed && entry.scenario == run.scenario.yaml
      && (try? Self.hash(of: "\(folder)/\(entry.truth)")) == entry.truthHash
      && (try? RunStore(opening: "\(folder)/\(entry.store)").contentHash()) == entry.contentHash
  }

  /// The runs of an earlier attempt at the same corpus; none when there was none.
  private func existing(like manifest: CorpusManifest) throws(CorpusError) -> [CorpusManifest.Entry] {
    let files = FileManager.default
    let path = "\(folder)/\(Self.manifestName)"
    guard let data = files.contents(atPath: path) else {
      let names = (try? files.contentsOfDirectory(atPath: folder)) ?? []
      guard names.isEmpty && !isFile(folder) || isAbandoned(names) else {
        throw CorpusError(path: folder, problem: "holds something else; choose another folder")
      }
      return []
    }
    guard let old = try? JSONDecoder().decode(CorpusManifest.self, from: data), old.format == manifest.format else {
      throw CorpusError(path: path, problem: "is no manifest of a corpus; choose another folder")
    }
    guard old.seed == manifest.seed && old.specification == manifest.specification else {
      throw CorpusError(
        path: folder, problem: "holds a corpus of another specification or seed; choose another folder")
    }
    return old.runs
  }

  /// Whether a folder holds only what an attempt leaves that was ended before its first run was complete.
  private func isAbandoned(_ names: [String]) -> Bool {
    !names.isEmpty && Set(names).isSubset(of: CorpusSpecification.Split.allCases.map(\.rawValue) + ["truth"])
  }

  private func isFile(_ path: String) -> Bool {
    var isFolder = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder
  }

  private func createFolders(_ splits: Set<String>) throws(FileError) {
    for name in splits.sorted() + ["truth"] {
      let path = "\(folder)/\(name)"
      do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
        throw FileError("cannot be created", path: path)
      }
    }
  }

  private static func hash(of path: String) throws(FileError) -> String {
    guard let data = FileManager.default.contents(atPath: path) else { throw FileError("cannot be read", path: path) }
    var hash = SHA256()
    hash.update(data)
    return hash.finalize()
  }
}
