import Foundation
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

/// Stores that are read while they are written.
@Suite struct GrowingStoreTests {
  private let folder = TemporaryFolder()
  private let run = sampleRun()

  private func begin(chunkLength: Int? = 4) throws -> RunWriter {
    try RunWriter(to: folder("run"), metadata: run.metadata, chunkLength: chunkLength)
  }

  private func append(_ samples: Range<Int>, to writer: inout RunWriter) throws {
    try writer.append(run.layers.map { $0.values.rows(samples) })
  }

  /// Chunks that are full, that are not, and that are written twice.
  @Test(arguments: [1, 2, 3, 4, 7, nil]) func everyPublishedPrefixCanBeRead(chunkLength: Int?) throws {
    var writer = try begin(chunkLength: chunkLength)
    try writer.publish()
    #expect(try RunStore(opening: folder("run")).metadata.sampleCount == 0)
    for end in [1, 2, 5, 6, 9, 10] {
      try append(writer.sampleCount..<end, to: &writer)
      try writer.publish()
      let store = try RunStore(opening: folder("run"))
      #expect(store.isGrowing)
      var expected = run.selecting(samples: 0..<end)
      expected.split?.trainingEnd = min(5, end)
      #expect(areEqual(try store.read(), expected), "\(end) samples")
      #expect(try store.damage().isEmpty)
    }
    try writer.finish()
    let store = try RunStore(opening: folder("run"))
    #expect(!store.isGrowing)
    #expect(areEqual(try store.read(), run))
    let hash = try store.contentHash()
    #expect(hash == run.contentHash)
    #expect(folder.names() == ["run"])
    #expect(FolderContents(folder("run")).firstName(besides: RunStore.filePatterns) == nil)
  }

  /// A store that was opened before a write reads the same after it.
  @Test func anOpenStoreKeepsItsLength() throws {
    var writer = try begin()
    try append(0..<6, to: &writer)
    try writer.publish()
    let store = try RunStore(opening: folder("run"))
    try append(6..<10, to: &writer)
    try writer.publish()
    let prefix = run.selecting(samples: 0..<6)
    #expect(store.metadata.sampleCount == 6)
    #expect(areEqual(try store.read(), prefix))
    try writer.finish()
    #expect(areEqual(try store.read(), prefix))
  }

  /// Whatever of a publication has been written: what a writer has that dies between any two files is the last state.
  @Test func aReaderBetweenTwoWritesSeesTheLastState() throws {
    var writer = try begin()
    try append(0..<6, to: &writer)
    try writer.publish()
    let before = try files(in: "run")
    try append(6..<10, to: &writer)
    try writer.publish()
    let after = try files(in: "run")
    let root = "zarr.json"
    let changed = after.keys.filter { $0 != root && after[$0] != before[$0] }.sorted {
      // The order in which they are written, layer after layer.
      (order($0), $0) < (order($1), $1)
    }
    #expect(changed.count >= 8)
    var mixed = before
    for name in changed {
      mixed[name] = after[name]
      let store = try RunStore(parsing: mixed, source: "mixed")
      #expect(areEqual(try store.read(), run.selecting(samples: 0..<6)), "after \(name)")
    }
    mixed[root] = after[root]
    #expect(try RunStore(parsing: mixed, source: "mixed").metadata.sampleCount == 10)
  }

  private func order(_ name: String) -> Int { name.hasSuffix("zarr.json") ? 1 : 0 }

  private func files(in name: String) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder(name)) {
      guard let data = FileManager.default.contents(atPath: folder("\(name)/\(path)")) else { continue }
      files[path] = [UInt8](data)
    }
    return files
  }

  @Test func aWriterThatIsGivenUpLeavesWhatWasPublished() throws {
    do {
      var writer = try begin()
      try append(0..<7, to: &writer)
      try writer.publish()
      try append(7..<9, to: &writer)
    }
    // What a writer leaves that is killed while it writes a file.
    try folder.write("half", to: "run/zarr.json.partial")
    try folder.write("half", to: "run/physical/values/c.2.0.0.partial")
    let store = try RunStore(opening: folder("run"))
    #expect(store.isGrowing && store.metadata.sampleCount == 7)
    #expect(areEqual(try store.read(), run.selecting(samples: 0..<7)))
    try RunStore.write(run, to: folder("run"), replacing: true)
    #expect(areEqual(try RunStore(opening: folder("run")).read(), run))
  }

  /// Only a store that says that it grows may have layers that are longer than it says.
  @Test func aCompleteStoreMustBeAsLongAsItsLayers() throws {
    var writer = try begin()
    try append(0..<10, to: &writer)
    try writer.publish()
    var files = try files(in: "run")
    let root = String(decoding: files["zarr.json"]!, as: UTF8.self)
    let shorter = root.replacingOccurrences(of: "\"sample_count\" : 10", with: "\"sample_count\" : 8")
    files["zarr.json"] = Array(shorter.utf8)
    #expect(try RunStore(parsing: files, source: "run").metadata.sampleCount == 8)
    files["zarr.json"] = Array(shorter.replacingOccurrences(of: "\"growing\" : true", with: "\"growing\" : false").utf8)
    let error = errorText { _ = try RunStore(parsing: files, source: "run") }
    #expect(error.contains("has 10 samples, the run has 8"), "said \(error)")
  }
}
