import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct RunStoreTests {
  private let folder = TemporaryFolder()

  @Test(arguments: [1, 3, 4, 10, 64, nil])
  func whatWasWrittenIsReadBack(chunkLength: Int?) throws {
    let run = sampleRun()
    try RunStore.write(run, to: folder("run.zarr"), chunkLength: chunkLength)
    let store = try RunStore(opening: folder("run.zarr"))
    #expect(store.metadata == run.metadata)
    #expect(areEqual(try store.read(), run))
    #expect(folder.names() == ["run.zarr"])
  }

  @Test(arguments: [0, 1])
  func shortRunsAreReadBack(sampleCount: Int) throws {
    let run = sampleRun(sampleCount: sampleCount)
    try RunStore.write(run, to: folder("run.zarr"))
    #expect(areEqual(try RunStore(opening: folder("run.zarr")).read(), run))
  }

  @Test func layersWithoutEntitiesOrChannelsAreReadBack() throws {
    let run = Run(
      name: "", start: 0, interval: 1, sampleCount: 3,
      layers: [
        LayerSeries(layer: .data, entities: [], channels: [Channel(name: "a")], values: NDArray([3, 0, 1], [])),
        LayerSeries(layer: .application, entities: ["a"], channels: [], values: NDArray([3, 1, 0], [])),
      ])
    try RunStore.write(run, to: folder("run.zarr"))
    #expect(areEqual(try RunStore(opening: folder("run.zarr")).read(), run))
  }

  @Test func aRunWithoutLayersKeepsItsLength() throws {
    let run = Run(name: "idle", start: 0, interval: 1, sampleCount: 3, layers: [])
    try RunStore.write(run, to: folder("run.zarr"))
    #expect(areEqual(try RunStore(opening: folder("run.zarr")).read(), run))
  }

  @Test func partOfARunIsReadAsIfTheRestHadNotBeenRecorded() throws {
    let run = sampleRun()
    try RunStore.write(run, to: folder("run.zarr"), chunkLength: 3)
    let store = try RunStore(opening: folder("run.zarr"))
    for first in 0...10 {
      for end in first...10 {
        #expect(areEqual(try store.read(samples: first..<end), run.selecting(samples: first..<end)))
      }
    }
    let part = try store.read(layers: [.physical], entities: ["c0/höst1", "c0/host0/gpu1"], samples: 2..<7)
    #expect(part.layers.map(\.layer) == [.physical])
    #expect(part.layers[0].entities == ["c0/höst1"])
    let whole = try #require(run[.physical])
    #expect(part.layers[0].values.shape == [5, 1, 4])
    for channel in 0..<4 {
      let expected = whole.series(entity: 2, channel: channel)[2..<7].map(\.bitPattern)
      #expect(part.layers[0].series(entity: 0, channel: channel).map(\.bitPattern) == expected)
    }
    #expect(part.labels.map(\.interval) == [4..<5, 0..<1])
    #expect(part.split == RunSplit(trainingEnd: 3))
  }

  @Test func samplesAreAppendedInBlocksOfAnyLength() throws {
    let run = sampleRun()
    var writer = try RunWriter(to: folder("run.zarr"), metadata: run.metadata, chunkLength: 4)
    var start = 0
    for count in [1, 0, 5, 3, 1] {
      try writer.append(run.layers.map { $0.values.rows(start..<start + count) })
      start += count
    }
    #expect(writer.sampleCount == 10)
    try writer.finish()
    #expect(areEqual(try RunStore(opening: folder("run.zarr")).read(), run))
  }

  @Test func missingTelemetryTakesNoSpace() throws {
    let values = NDArray([8, 1, 1], [.nan, .nan, .nan, .nan, 1, 2, .nan, .nan])
    let run = Run(
      name: "gap", start: 0, interval: 1, sampleCount: 8,
      layers: [LayerSeries(layer: .data, entities: ["a"], channels: [Channel(name: "x")], values: values)])
    try RunStore.write(run, to: folder("run.zarr"), chunkLength: 2)
    #expect(folder.names(in: "run.zarr/data/values") == ["c.2.0.0", "zarr.json"])
    #expect(areEqual(try RunStore(opening: folder("run.zarr")).read(), run))
  }

  @Test func equalRunsGiveEqualBytes() throws {
    try RunStore.write(sampleRun(), to: folder("a"))
    try RunStore.write(sampleRun(), to: folder("b"))
    for name in ["zarr.json", "physical/values/zarr.json", "physical/values/c.0.0.0", "physical/channel/zarr.json"] {
      #expect(try folder.bytes(of: "a/\(name)") == folder.bytes(of: "b/\(name)"))
    }
  }

  @Test func theHashDependsOnWhatTheRunSaysAlone() throws {
    let run = sampleRun()
    for chunkLength in [1, 4, 100] {
      try RunStore.write(run, to: folder("\(chunkLength)"), chunkLength: chunkLength)
      #expect(try RunStore(opening: folder("\(chunkLength)")).contentHash() == run.contentHash)
    }
    #expect(run.contentHash == "504a412815ee166195ad68b8125417e9778c89b72e3aa152b7e3b8f1b0387101")
    var other = run
    other.provenance = [:]
    #expect(other.contentHash == run.contentHash)
    other.labels[0].isBenign = true
    #expect(other.contentHash != run.contentHash)
    #expect(sampleRun(name: "demo").contentHash != run.contentHash)
  }
}
