import Foundation
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct StoredWindowsTests {
  private static let specification = WindowSpecification(length: 12, stride: 5, peers: true)

  /// Blocks of so few bytes that every run has several, and of so many that it has one.
  @Test(arguments: [1, 4000, 1 << 24]) func theyAreThoseOfWholeRunsBitForBit(blockBytes: Int) throws {
    let corpus = try SampleCorpus()
    defer { corpus.remain() }
    let splits = try StoredSplits(corpus.opened, blockBytes: blockBytes)
    let scale = try splits.scale(options: RobustScale.Options(), threads: 2)
    let stored = try splits.trainingWindows(scale: scale, specification: Self.specification)
    let whole = try WindowSet(
      TestSplit(everythingIn: corpus.training), scale: scale, specification: Self.specification)
    #expect(stored.count == whole.count && stored.runNames == whole.runNames)
    // Stored windows are numbered block by block: each is found by where it was cut.
    var places: [WindowOrigin: Int] = [:]
    for window in 0..<whole.count { places[whole.origin(window)] = window }
    var generator = Generator(seed: 1)
    for numbers in [Array(0..<stored.count), generator.permutation(stored.count)] {
      let batch = try stored.windows(numbers)
      #expect(Set(batch.origins).count == whole.count)
      let expected = whole.batch(batch.origins.map { places[$0]! })
      for (one, other) in zip(batch.layers, expected.layers) {
        #expect(one.layer == other.layer && bits(one.values) == bits(other.values))
        #expect(bits(one.peers!) == bits(other.peers!))
        #expect(bits(one.mask) == bits(other.mask) && bits(one.delta) == bits(other.delta))
      }
    }
    #expect(stored.parts.reduce(0) { $0 + $1.count } == stored.count)
    #expect((stored.parts.count == 2) == (blockBytes == 1 << 24))
  }

  @Test func eachSplitHasItsOwnRuns() throws {
    let corpus = try SampleCorpus()
    defer { corpus.remain() }
    let splits = try StoredSplits(corpus.opened)
    let scale = try splits.scale(options: RobustScale.Options(), threads: 1)
    let (training, validation) = (
      try splits.trainingWindows(scale: scale, specification: Self.specification),
      try splits.validationWindows(scale: scale, specification: Self.specification)
    )
    #expect(training.runNames == ["a", "b"] && validation?.runNames == ["c"])
    #expect(training.digest != validation?.digest && training.digest.hasPrefix("crc32c:"))
  }

  @Test func theScaleIsOfRolesAndOfTrainingOnly() throws {
    let corpus = try SampleCorpus()
    defer { corpus.remain() }
    let options = RobustScale.Options()
    let scale = try StoredSplits(corpus.opened).scale(options: options, threads: 1)
    #expect(try StoredSplits(corpus.opened).scale(options: options, threads: 3) == scale)
    #expect(scale.layers.allSatisfy { $0.entities.isEmpty && $0.roles.keys.sorted() == ["host"] })
    try FileManager.default.removeItem(atPath: corpus.folder("validation/c.zarr"))
    try RunStore.write(makeWalks(samples: 90, seed: 99, name: "c"), to: corpus.folder("validation/c.zarr"))
    #expect(try StoredSplits(corpus.opened).scale(options: options, threads: 1) == scale)
  }

  @Test func aDamagedChunkIsNamedWhenItIsRead() throws {
    let corpus = try SampleCorpus()
    defer { corpus.remain() }
    let splits = try StoredSplits(corpus.opened)
    let scale = try splits.scale(options: RobustScale.Options(), threads: 1)
    let windows = try splits.trainingWindows(scale: scale, specification: Self.specification)
    let chunk = corpus.folder("train/b.zarr/compute/values/c.0.0.0")
    try Data([1, 2, 3]).write(to: URL(filePath: chunk))
    #expect(throws: RunStoreError.self) { try windows.windows([windows.count - 1]) }
    #expect(try windows.windows([0]).count == 1)
  }

  @Test func runsOfDifferentIntervalsAreRefused() throws {
    let corpus = try SampleCorpus()
    defer { corpus.remain() }
    var slow = makeWalks(samples: 90, seed: 3, name: "c")
    slow.interval = 30
    try FileManager.default.removeItem(atPath: corpus.folder("validation/c.zarr"))
    try RunStore.write(slow, to: corpus.folder("validation/c.zarr"))
    let interval = corpus.training[0].interval
    #expect {
      try StoredSplits(corpus.opened)
    } throws: {
      "\($0)" == "run 'a' is sampled every \(interval) s and run 'c' every 30.0 s: train one model per interval"
    }
  }

  @Test func runsThatAreShorterThanAWindowAreNoData() throws {
    let corpus = try SampleCorpus()
    defer { corpus.remain() }
    let splits = try StoredSplits(corpus.opened)
    let scale = try splits.scale(options: RobustScale.Options(), threads: 1)
    #expect(
      throws: WindowError("the training split has no window of 200 samples: its longest stretch has 130")
    ) {
      try splits.trainingWindows(scale: scale, specification: WindowSpecification(length: 200, stride: 1))
    }
  }

  private func bits(_ array: NDArray) -> [UInt32] { array.elements.map(\.bitPattern) }
}

/// Two runs for training, one for validation and one for test, in a folder that goes away.
struct SampleCorpus {
  let folder = TemporaryFolder()
  /// With a counter, whose rates reach back by a sample.
  let training = [makeCounted(samples: 130, seed: 1, name: "a"), makeCounted(samples: 101, seed: 2, name: "b")]

  init() throws {
    let runs = [
      ("train", training[0]), ("train", training[1]), ("validation", makeWalks(samples: 90, seed: 3, name: "c")),
      ("test", makeWalks(samples: 80, seed: 4, name: "d")),
    ]
    for split in ["train", "validation", "test"] {
      try FileManager.default.createDirectory(atPath: folder(split), withIntermediateDirectories: true)
    }
    for (split, run) in runs { try RunStore.write(run, to: folder("\(split)/\(run.name).zarr")) }
    try write(runs.map { Self.entry($1.name, $0) })
  }

  /// Does nothing: the folder is there as long as somebody might call it.
  func remain() {}

  /// The corpus as its manifest describes it now.
  var opened: Corpus { get throws { try Corpus(opening: folder.path) } }

  func write(_ entries: [String], planned: Int? = nil, format: String = Corpus.format) throws {
    try folder.write(
      """
      {"format": "\(format)", "name": "sample", "planned": \(planned ?? entries.count),
       "runs": [\(entries.joined(separator: ",\n"))]}
      """, to: Corpus.manifestName)
  }

  static func entry(_ name: String, _ split: String, store: String? = nil) -> String {
    #"{"name": "\#(name)", "split": "\#(split)", "store": "\#(store ?? "\(split)/\(name).zarr")", "#
      + #""contentHash": "hash of \#(name)"}"#
  }
}

/// Walks, and a counter that falls once.
private func makeCounted(samples: Int, seed: UInt64, name: String) -> Run {
  let run = makeWalks(samples: samples, seed: seed, name: name)
  let layers = run.layers.map { series in
    guard series.layer == .data else { return series }
    var values = series.values
    values.withMutableElements { x in
      let width = series.entities.count * series.channels.count
      for time in 0..<samples {
        for entity in series.entities.indices {
          x[time * width + entity * series.channels.count] = Float(time % 60 * (entity + 1))
        }
      }
    }
    let counter = Channel(name: series.channels[0].name, kind: .counter)
    return LayerSeries(
      layer: .data, entities: series.entities, channels: [counter] + series.channels.dropFirst(), values: values)
  }
  return Run(name: name, start: run.start, interval: run.interval, sampleCount: samples, layers: layers)
}
