import Foundation
import StrataSimulation
import StrataTelemetry
import TestSupport
import Testing

@Suite struct CorpusWriterTests {
  private static let text = """
    name: tiny
    runs: {train: 3, test: 2}
    duration: 900
    interval: 5
    training: 300
    topologies:
      - name: small
        cluster: {hosts: 2, devicesPerHost: 2}
        training: {expertParallel: 4, experts: 8, layers: 2, watchdog: 60, restart: 40}
    faults: {mix: {F13: 1, degraded-link: 2}, perRun: [1, 1], duration: [120, 200]}
    heldOut: {test: {faults: [F13]}}
    """

  private let folder = TemporaryFolder()

  private func writer(seed: UInt64 = 5, _ text: String = Self.text) throws -> CorpusWriter {
    try CorpusWriter(folder: folder("corpus"), specification: text, source: "test", seed: seed)
  }

  /// Writes the corpus and returns the runs that were simulated.
  private func write() throws -> (manifest: CorpusManifest, simulated: Set<String>) {
    var simulated: Set<String> = []
    let manifest = try writer().write { if $0.part != nil { simulated.insert($0.run) } }
    return (manifest, simulated)
  }

  @Test func writesEveryRunAndWhatIsKnownOfIt() throws {
    let (manifest, simulated) = try write()
    #expect(manifest.isComplete && manifest.planned == 5 && simulated.count == 5)
    let stored = try JSONDecoder().decode(CorpusManifest.self, from: folder.data(of: "corpus/corpus.json"))
    #expect(stored == manifest)
    #expect(folder.names(in: "corpus") == ["corpus.json", "test", "train", "truth"])
    for (entry, run) in zip(manifest.runs, try writer().generator.runs) {
      let store = try RunStore(opening: folder("corpus/\(entry.store)"))
      #expect(try store.contentHash() == entry.contentHash && store.metadata.name == entry.name)
      let truth = try JSONDecoder().decode(RunTruth.self, from: folder.data(of: "corpus/\(entry.truth)"))
      #expect(truth.faults.map(\.card) == entry.faults && truth.run == entry.name && truth.seed == entry.seed)
      // The run can be made again from the manifest alone.
      let scenario = try Scenario(parsing: entry.scenario, source: entry.name)
      #expect(scenario == run.scenario)
      #expect(try Simulator(scenario, seed: entry.seed).run().contentHash == entry.contentHash)
    }
  }

  @Test func whatIsThereAndIntactIsKept() throws {
    let first = try write()
    let again = try write()
    #expect(again.simulated.isEmpty && again.manifest == first.manifest)
    let entries = first.manifest.runs
    try FileManager.default.removeItem(atPath: folder("corpus/\(entries[1].store)"))
    try folder.edit("corpus/\(entries[2].truth)", "\"severity\"", "\"strength\"")
    let layer = folder.names(in: "corpus/\(entries[3].store)/physical/values").first { $0.hasPrefix("c") }
    try folder.write([1, 2, 3], to: "corpus/\(entries[3].store)/physical/values/\(try #require(layer))")
    let repaired = try write()
    #expect(repaired.simulated == Set(entries[1...3].map(\.name)) && repaired.manifest == first.manifest)
  }

  @Test func anInterruptedCorpusGoesOnWhereItEnded() throws {
    struct Stop: Error {}
    #expect(throws: Stop.self) { try writer().write { if $0.index == 2 { throw Stop() } } }
    let part = try JSONDecoder().decode(CorpusManifest.self, from: folder.data(of: "corpus/corpus.json"))
    #expect(part.runs.count == 2 && !part.isComplete)
    #expect(folder.names(in: "corpus/train") == ["train-0000.zarr", "train-0001.zarr"])
    let rest = try write()
    #expect(rest.simulated.count == 3 && rest.manifest.isComplete)
  }

  @Test func anotherCorpusIsRefused() throws {
    _ = try write()
    for other in [try writer(seed: 6), try writer(Self.text.replacing("train: 3", with: "train: 4"))] {
      let error = #expect(throws: CorpusError.self) { try other.check() }
      #expect(
        error?.description
          == "\(folder("corpus")): holds a corpus of another specification or seed; choose another folder")
    }
    try folder.write("{}", to: "corpus/corpus.json")
    let error = #expect(throws: CorpusError.self) { try writer().check() }
    #expect(error?.description == "\(folder("corpus/corpus.json")): is no manifest of a corpus; choose another folder")
  }

  @Test func aFolderWithOtherThingsIsRefused() throws {
    try folder.write("mine", to: "corpus/notes.txt")
    let error = #expect(throws: CorpusError.self) { try writer().write() }
    #expect(error?.description == "\(folder("corpus")): holds something else; choose another folder")
    #expect(folder.names(in: "corpus") == ["notes.txt"])
  }
}
