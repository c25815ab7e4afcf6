public import StrataTensor

/// Writes a run store as the samples come, in memory for one chunk per layer.
///
/// Everything is written aside and renamed by ``finish()``: until then, and when the writer is given up, the path is as
/// it was. A process that dies leaves a hidden `.partial` folder that the next writer to the same path removes. Not
/// copyable, because the store has one writer.
///
/// The rename is not preceded by a flush to the device: after a power failure a store written just before may have
/// damaged chunks, which reading reports.
public struct RunWriter: ~Copyable {
  /// The run's labels; they may still change until ``finish()``.
  public var labels: [FaultLabel]
  public var split: RunSplit?
  public var topology: [EntityPath: [String: String]]
  public var provenance: [String: String]
  /// The number of samples so far.
  public fileprivate(set) var sampleCount = 0

  private let metadata: RunMetadata
  private let replacing: Bool
  private let aside: AsideFolder
  private var layers: [LayerWriter]

  /// Begins a store.
  ///
  /// - Parameters:
  ///   - path: The folder to write; its parent exists.
  ///   - metadata: What is known of the run; its sample count is counted anew.
  ///   - chunkLength: The samples in a chunk; nil for chunks of about 4 MiB.
  ///   - replacing: Whether a run store at `path` is replaced. Anything else there is never replaced, nor a store in which
  ///     other files lie.
  /// - Precondition: `chunkLength` is positive.
  public init(
    to path: String, metadata: RunMetadata, chunkLength: Int? = nil, replacing: Bool = false
  ) throws(RunStoreError) {
    require(chunkLength ?? 1 > 0, "RunWriter: chunk length \(chunkLength ?? 1) must be positive")
    var checked = metadata
    (checked.sampleCount, checked.labels, checked.split) = (0, [], nil)
    if let contradiction = checked.contradiction {
      throw RunStoreError(contradiction, at: path, remedy: "correct the run before writing it")
    }
    let exists = try Self.checkDestination(path, replacing: replacing)
    let layers = metadata.layers.map { LayerWriter($0, chunkLength: chunkLength) }
    let aside: AsideFolder
    do throws(FileError) { aside = try AsideFolder(for: path) } catch { throw RunStoreError(error) }
    do throws(FileError) {
      for layer in layers { try layer.begin(run: metadata.name, in: aside) }
    } catch { throw RunStoreError(error) }
    (self.replacing, self.metadata, self.layers) = (exists, metadata, layers)
    (labels, split) = (metadata.labels, metadata.split)
    (topology, provenance) = (metadata.topology, metadata.provenance)
    self.aside = aside
  }

  /// Appends samples of every layer.
  ///
  /// - Parameter samples: One array of shape `[time, entity, channel]` per layer, in the order of the layers; NaN where
  ///   missing.
  /// - Precondition: The shapes are those of the layers, with the same time in each.
  public mutating func append(_ samples: [NDArray]) throws(RunStoreError) {
    require(samples.count == layers.count, "RunWriter.append: \(samples.count) arrays for \(layers.count) layers")
    let count = samples.first?.shape.dimensions.first ?? 0
    for (array, layer) in zip(samples, layers) {
      let expected = Shape([count, layer.metadata.entities.count, layer.metadata.channels.count])
      require(
        array.shape == expected,
        "RunWriter.append: layer \(layer.metadata.layer) has shape \(array.shape), expected \(expected)")
    }
    do throws(FileError) {
      for index in layers.indices { try layers[index].append(samples[index], in: aside) }
    } catch { throw RunStoreError(error) }
    sampleCount += count
  }

  /// Completes the store and puts it in its place.
  public consuming func finish() throws(RunStoreError) {
    let complete = RunMetadata(
      name: metadata.name, start: metadata.start, interval: metadata.interval, sampleCount: sampleCount,
      layers: metadata.layers, labels: labels, split: split, topology: topology, provenance: provenance)
    if let contradiction = complete.contradiction {
      throw RunStoreError(contradiction, at: aside.destination, remedy: "correct the run before writing it")
    }
    do throws(FileError) {
      for index in layers.indices {
        try layers[index].finish(sampleCount: sampleCount, time: { complete.nanoseconds(of: $0) }, in: aside)
      }
      try aside.write(StoreJSON.encode(ZarrGroupDocument(RunAttributes(complete))), to: RunStoreReader.document)
      try aside.complete(replacing: replacing)
    } catch { throw RunStoreError(error) }
  }

  /// Refuses a destination that holds anything but a run store that may be replaced; returns whether one is there.
  private static func checkDestination(_ path: String, replacing: Bool) throws(RunStoreError) -> Bool {
    let path = path.withoutTrailingSlashes
    guard FolderFiles.exists(path) else { return false }
    guard replacing else {
      throw RunStoreError("exists already", at: path, remedy: "remove it, or choose another path")
    }
    if FolderFiles.exists(path.followingLinks) { try RunStore.requireReplaceable(path) }
    return true
  }
}

extension RunStore {
  /// Writes a run to a folder; it is written aside and renamed into place.
  ///
  /// - Parameters:
  ///   - chunkLength: The samples in a chunk; nil for chunks of about 4 MiB.
  ///   - replacing: Whether a run store at `path` is replaced. Anything else there is never replaced.
  ///   - path: Where it lies.
  ///   - run: What is written.
  public static func write(
    _ run: Run, to path: String, chunkLength: Int? = nil, replacing: Bool = false
  ) throws(RunStoreError) {
    var writer = try RunWriter(to: path, metadata: run.metadata, chunkLength: chunkLength, replacing: replacing)
    try writer.append(run.layers.map(\.values))
    writer.sampleCount = run.sampleCount
    try writer.finish()
  }
}
