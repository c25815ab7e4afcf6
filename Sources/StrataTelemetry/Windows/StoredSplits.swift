import StrataTensor

/// Run stores divided into what may be learned from, what may be tuned on, and what is judged on; samples are read when
/// they are needed, a stretch at a time.
public struct StoredSplits: Sendable {
  /// Stores of one purpose, and the content hashes that a manifest says.
  struct Part: Sendable {
    let stores: [RunStore]
    let contentHashes: [String]
  }

  private let training: Part
  private let validation: Part
  /// How many bytes of samples are read at a time, apart from what windows reach back to.
  private let blockBytes: Int

  /// The most bytes that a scale is fitted to.
  private static let excerptBytes = 256 << 20
  /// How many stretches of a run a scale is fitted to, and how long each is.
  private static let stretchCount = 4
  private static let stretchLength = 32...512
  /// How many entities of a role of one run a scale is fitted to.
  private static let membersPerRole = 8

  /// Opens the stores of a corpus for training; those for test are left alone.
  ///
  /// - Parameter corpus: The corpus.
  /// - Throws: `RunStoreError` for a store that is missing or damaged, ``WindowError`` when nothing is for training, or
  ///   runs are sampled at different intervals.
  public init(_ corpus: Corpus) throws { try self.init(corpus, blockBytes: 16 << 20) }

  package init(_ corpus: Corpus, blockBytes: Int) throws {
    self.blockBytes = blockBytes
    func part(_ split: CorpusSplit) throws -> Part {
      Part(
        stores: try corpus.stores(for: split),
        contentHashes: corpus.entries.filter { $0.split == split }.map(\.contentHash))
    }
    (training, validation) = (try part(.train), try part(.validation))
    guard let first = training.stores.first?.metadata else { throw WindowError("nothing is left for training") }
    for other in (training.stores + validation.stores).map(\.metadata) where other.interval != first.interval {
      throw WindowError(
        "run '\(first.name)' is sampled every \(first.interval) s and run '\(other.name)' every \(other.interval) s: "
          + "train one model per interval")
    }
  }

  /// The windows that a model learns from.
  ///
  /// - Parameters:
  ///   - scale: What fixes the layers and channels; see ``scale(options:threads:)``.
  ///   - specification: How windows are cut.
  /// - Throws: ``WindowError`` when no run is as long as a window.
  public func trainingWindows(
    scale: RobustScale, specification: WindowSpecification
  ) throws(WindowError) -> StoredWindows<TrainingSplit> {
    try StoredWindows(training, scale: scale, specification: specification, blockBytes: blockBytes)
  }

  /// The windows that the loss is measured on; `nil` when no run is for validation.
  ///
  /// - Parameters:
  ///   - scale: What fixes the layers and channels.
  ///   - specification: How windows are cut.
  /// - Throws: ``WindowError`` when no run is as long as a window.
  public func validationWindows(
    scale: RobustScale, specification: WindowSpecification
  ) throws(WindowError) -> StoredWindows<ValidationSplit>? {
    validation.stores.isEmpty
      ? nil : try StoredWindows(validation, scale: scale, specification: specification, blockBytes: blockBytes)
  }

  /// Fits a scale to excerpts of the training runs: four stretches of each, evenly apart, of eight entities per role.
  ///
  /// Runs of a corpus are of clusters that have nothing to do with each other, so the scale is one per role and not per
  /// entity. Excerpts become shorter with the number of runs, down to 32 samples a stretch; beyond that, every second run
  /// is left out, or every third. The result does not depend on `threads`.
  ///
  /// - Parameters:
  ///   - options: How the scale is fitted.
  ///   - threads: How many threads work.
  /// - Throws: `RunStoreError` for a damaged store.
  /// - Complexity: O(excerpts), at most about 256 MiB of samples in memory.
  public func scale(options: RobustScale.Options, threads: Int) throws(RunStoreError) -> RobustScale {
    let excerpts = try self.excerpts()
    let fitted = RobustScale(
      fitting: TrainingSplit(
        runs: excerpts, regions: excerpts.indices.map { SplitRegion(everythingIn: excerpts, $0) }, embargo: nil),
      options: options, threads: threads)
    return RobustScale(
      options: options,
      layers: fitted.layers.map {
        RobustScale.LayerScale(
          layer: $0.layer, channels: $0.channels, entities: [:], roles: $0.roles, peerSpreads: $0.peerSpreads)
      })
  }

  private func excerpts() throws(RunStoreError) -> [Run] {
    let shapes = training.stores.map { StoredShape($0.metadata) }
    let chosen = zip(training.stores, shapes).map { store, shape in
      Self.members(of: shape.entities, topology: store.metadata.topology)
    }
    let cells = zip(chosen, shapes).reduce(0) { $0 + $1.0.count * $1.1.channelCount }
    let bytes = max(cells * Self.stretchCount * MemoryLayout<Float>.size, 1)
    let length = min(max(Self.excerptBytes / bytes, Self.stretchLength.lowerBound), Self.stretchLength.upperBound)
    let every = max(1, (bytes * Self.stretchLength.lowerBound + Self.excerptBytes - 1) / Self.excerptBytes)
    var excerpts: [Run] = []
    for index in stride(from: 0, to: training.stores.count, by: every) {
      let store = training.stores[index]
      let count = store.metadata.sampleCount
      let own = min(length, max(blockBytes / shapes[index].bytesPerSample, Self.stretchLength.lowerBound))
      for stretch in 0..<Self.stretchCount {
        // Short runs are read whole, in stretches that touch.
        let (first, next) = (count * stretch / Self.stretchCount, count * (stretch + 1) / Self.stretchCount)
        guard first < next else { continue }
        excerpts.append(
          try store.read(samples: first..<min(first + own, next)).gatheredAtRanks().withCountersAsRates()
            .selecting(entities: chosen[index].contains))
      }
    }
    return excerpts
  }

  /// The first entities of every role.
  private static func members(of entities: [EntityPath], topology: [EntityPath: [String: String]]) -> Set<EntityPath> {
    let run = Run(name: "", start: 0, interval: 1, sampleCount: 0, layers: [], topology: topology)
    return Set(Dictionary(grouping: entities, by: run.role(of:)).values.flatMap { $0.prefix(membersPerRole) })
  }
}

/// What reading a run costs.
struct StoredShape {
  /// The entities that have windows: the ranks of jobs where there are any.
  let entities: [EntityPath]
  /// Of all layers.
  let channelCount: Int
  let bytesPerSample: Int

  init(_ run: RunMetadata) {
    let all = Set(run.layers.flatMap(\.entities)).sorted()
    let ranks = all.filter { run.topology[$0]?["rank"] != nil }
    entities = ranks.isEmpty ? all : ranks
    channelCount = run.layers.reduce(0) { $0 + $1.channels.count }
    let read = run.layers.reduce(0) { $0 + $1.entities.count * $1.channels.count }
    bytesPerSample = max(read, entities.count * channelCount, 1) * MemoryLayout<Float>.size
  }
}
