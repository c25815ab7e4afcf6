import Foundation
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct RunWriterTests {
  private let folder = TemporaryFolder()
  private let run = sampleRun()

  @Test func nothingIsLeftBehindWhenAWriterIsGivenUp() throws {
    do {
      var writer = try RunWriter(to: folder("run"), metadata: run.metadata, chunkLength: 2)
      try writer.append(run.layers.map(\.values))
      #expect(folder.names().count == 1)
      #expect(folder.names()[0].hasPrefix(".run.") && folder.names()[0].hasSuffix(".partial"))
    }
    #expect(folder.names() == [])
  }

  @Test func whatAKilledWriterLeftIsRemovedAndWhatABusyOneWritesIsNot() throws {
    try FileManager.default.createDirectory(
      atPath: folder(".run.1-2.partial/physical"), withIntermediateDirectories: true)
    try FileManager.default.createDirectory(atPath: folder(".runner.1-2.partial"), withIntermediateDirectories: true)
    let busy = try RunWriter(to: folder("run"), metadata: run.metadata)
    let names = folder.names()
    #expect(names.count == 2 && names.contains(".runner.1-2.partial") && !names.contains(".run.1-2.partial"))
    try RunStore.write(run, to: folder("run"))
    #expect(folder.names() == (names + ["run"]).sorted())
    _ = consume busy
  }

  @Test func anExistingStoreIsReplacedOnlyOnRequest() throws {
    try RunStore.write(run, to: folder("run"))
    let error = errorText { try RunStore.write(run, to: folder("run")) }
    #expect(error == "\(folder("run")): exists already; remove it, or choose another path")
    let other = sampleRun(sampleCount: 3)
    try RunStore.write(other, to: folder("run"), replacing: true)
    #expect(areEqual(try RunStore(opening: folder("run")).read(), other))
    #expect(folder.names() == ["run"])
    try RunStore.write(other, to: folder("new"), replacing: true)
    #expect(areEqual(try RunStore(opening: folder("new/")).read(), other))
  }

  @Test func nothingButAStoreIsReplaced() throws {
    try FileManager.default.createDirectory(atPath: folder("home/precious"), withIntermediateDirectories: true)
    try folder.write([1], to: "file")
    var error = errorText {
      try RunStore.write(run, to: folder("home"), replacing: true)
    }
    #expect(
      error == "\(folder("home")): is not a run store: there is no zarr.json; "
        + "name the folder of a run store")
    error = errorText { try RunStore.write(run, to: folder("file"), replacing: true) }
    #expect(
      error == "\(folder("file")): cannot be opened: Not a directory; name the folder of a run store")
    #expect(folder.names() == ["file", "home"])
    #expect(folder.names(in: "home") == ["precious"])
  }

  @Test func aStoreInWhichOtherFilesLieIsNotReplaced() throws {
    try RunStore.write(run, to: folder("run"))
    try folder.write("precious", to: "run/physical/notes.txt")
    let error = errorText { try RunStore.write(run, to: folder("run"), replacing: true) }
    #expect(error == "\(folder("run/physical/notes.txt")): does not belong to the run store; move it elsewhere")
    #expect(try folder.text(of: "run/physical/notes.txt") == "precious")
    #expect(folder.names() == ["run"])
  }

  @Test func slashesAtTheEndOfAPathDoNotCount() throws {
    try RunStore.write(run, to: folder("run//"))
    #expect(folder.names() == ["run"])
    #expect(
      errorText { try RunStore.write(run, to: folder("run/")) }
        == "\(folder("run")): exists already; remove it, or choose another path")
    try RunStore.write(run, to: folder("run///"), replacing: true)
    #expect(areEqual(try RunStore(opening: folder("run//")).read(), run))
  }

  @Test func aLinkIsKeptAndItsTargetReplaced() throws {
    try FileManager.default.createDirectory(atPath: folder("disk"), withIntermediateDirectories: true)
    try RunStore.write(run, to: folder("disk/run"))
    try FileManager.default.createSymbolicLink(atPath: folder("link"), withDestinationPath: "disk/run")
    try FileManager.default.createSymbolicLink(atPath: folder("again"), withDestinationPath: folder("link"))
    let other = sampleRun(sampleCount: 3)
    try RunStore.write(other, to: folder("again"), replacing: true)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder("link")) == "disk/run")
    #expect(areEqual(try RunStore(opening: folder("disk/run")).read(), other))
    #expect(folder.names() == ["again", "disk", "link"] && folder.names(in: "disk") == ["run"])
    // A link to nothing yet.
    try FileManager.default.createSymbolicLink(atPath: folder("new"), withDestinationPath: "disk/new")
    try RunStore.write(other, to: folder("new"), replacing: true)
    #expect(folder.names(in: "disk") == ["new", "run"])
  }

  @Test func aFolderThatCannotBeWrittenIsReported() throws {
    var error = errorText { try RunStore.write(run, to: folder("no/run")) }
    #expect(
      error == "\(folder("no/run")): cannot be created: No such file or directory; "
        + "check the disk and the permissions")
    error = errorText { try RunStore.write(run, to: "..") }
    #expect(error == "..: exists already; remove it, or choose another path")
    error = errorText { _ = try RunStore(opening: folder("none")) }
    #expect(
      error == "\(folder("none")): cannot be opened: No such file or directory; "
        + "name the folder of a run store")
  }

  @Test func aRunThatContradictsItselfIsNotWritten() throws {
    var wrong = run
    wrong.labels[0].interval = 5..<11
    var error = errorText { try RunStore.write(wrong, to: folder("run")) }
    #expect(
      error == "\(folder("run")): label 'thermal-throttling' lasts over samples 5..<11 of 10; "
        + "correct the run before writing it")
    let repeated = LayerMetadata(layer: .data, entities: ["a", "a"], channels: [])
    error = errorText {
      _ = try RunWriter(
        to: folder("run"), metadata: RunMetadata(name: "x", start: 0, interval: 1, layers: [repeated]))
    }
    #expect(
      error == "\(folder("run")): entity 'a' of layer data appears twice; correct the run before writing it")
    #expect(folder.names() == [])
  }

  @Test func labelsMayChangeUntilTheEnd() throws {
    var writer = try RunWriter(to: folder("run"), metadata: run.metadata)
    try writer.append(run.layers.map(\.values))
    writer.labels = []
    writer.provenance["commit"] = "abc"
    try writer.finish()
    let metadata = try RunStore(opening: folder("run")).metadata
    #expect(metadata.labels == [] && metadata.provenance["commit"] == "abc")
  }

  @Test func wrongShapesStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let run = sampleRun()
      let folder = TemporaryFolder()
      var writer = try RunWriter(to: folder("run"), metadata: run.metadata)
      try writer.append([run.layers[0].values, run.layers[1].values.rows(0..<9)])
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("RunWriter.append: layer compute has shape [9, 2, 1], expected [10, 2, 1]"))
  }

  @Test func whatIsNotThereCannotBeRead() throws {
    try RunStore.write(run, to: folder("run"))
    let store = try RunStore(opening: folder("run"))
    func problem(_ body: () throws -> Run) -> String? {
      do { _ = try body() } catch { return "\(error)".replacingOccurrences(of: folder(""), with: "") }
      return nil
    }
    let advice = "ask for what the metadata list"
    #expect(problem { try store.read(layers: [.data]) } == "run: has no layer 'data'; \(advice)")
    #expect(problem { try store.read(entities: ["x"]) } == "run: has no entity 'x'; \(advice)")
    #expect(problem { try store.read(samples: 3..<11) } == "run: has no samples 3..<11, but 0..<10; \(advice)")
    #expect(problem { try store.read(samples: -1..<1) } == "run: has no samples -1..<1, but 0..<10; \(advice)")
  }
}
