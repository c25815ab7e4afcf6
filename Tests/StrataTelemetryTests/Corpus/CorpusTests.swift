import Foundation
import StrataTelemetry
import TestSupport
import Testing

@Suite struct CorpusTests {
  @Test func theManifestSaysWhatEachRunIsFor() throws {
    let corpus = try SampleCorpus()
    defer { corpus.remain() }
    #expect(Corpus.isCorpus(corpus.folder.path) && !Corpus.isCorpus(corpus.folder("train")))
    let opened = try corpus.opened
    #expect(opened.entries.map(\.name) == ["a", "b", "c", "d"])
    #expect(opened.entries[3].split == .test && opened.entries[0].contentHash == "hash of a")
    #expect(try opened.stores(for: .train).map(\.metadata.name) == ["a", "b"])
    #expect(try opened.stores(for: .test).map(\.metadata.sampleCount) == [80])
  }

  @Test func whatIsWrongWithAManifestIsSaid() throws {
    let corpus = try SampleCorpus()
    defer { corpus.remain() }
    let manifest = corpus.folder(Corpus.manifestName)
    func expect(_ message: String, sourceLocation: SourceLocation = #_sourceLocation) {
      #expect(sourceLocation: sourceLocation) { try corpus.opened } throws: { "\($0)" == message }
    }
    let a = SampleCorpus.entry("a", "train")
    try corpus.write([a, a])
    expect("\(manifest): lists 'a' twice")
    try corpus.write([a], planned: 2)
    expect("\(manifest): lists 1 of 2 runs: the corpus is not complete; go on with what writes it")
    try corpus.write([SampleCorpus.entry("a", "train", store: "../a.zarr")])
    expect("\(manifest): run 'a': the store '../a.zarr' does not lie in the folder")
    try corpus.write([SampleCorpus.entry("a", "holdout")])
    expect("\(manifest): is no manifest of a corpus in the format strata-corpus-1")
    try corpus.write([a], format: "strata-corpus-2")
    expect("\(manifest): is no manifest of a corpus in the format strata-corpus-1")
    try FileManager.default.removeItem(atPath: manifest)
    expect("\(corpus.folder.path): is no corpus: there is no corpus.json")
  }
}
