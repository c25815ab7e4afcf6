public import StrataTensor

/// Writes a run store as the samples come, in memory for one chunk per layer.
///
/// Everything is written aside and renamed by ``finish()``: until then, and when the writer is given up, the path is as
/// it was. A process that dies leaves a hidden `.partial` folder that the next writer to the same path removes. Not
/// copyable, because the store has one writer.
///
/// With ``publish()`` the store appears earlier and grows in its place. The one number that says how long it is stands in
/// the root document and is replaced last, after the chunks and the documents of all layers, each by a rename. Whoever
/// reads the root document first, as ``RunStore`` does, finds all samples up to that number, also between two writes, and
/// when the writer has died. Other readers may meet a layer that is longer than the root document says, or a coordinate
/// `time` that is longer than `values`; they open it again.
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
  /// Holds what is written until it appears; `nil` from then on.
  private var aside: AsideFolder?
  private var folder: StoreFolder
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
    let folder = StoreFolder(path: aside.path, destination: aside.destination, isPublished: false)
    do throws(FileError) {
      for layer in layers { try layer.begin(run: metadata.name, in: folder) }
    } catch { throw RunStoreError(error) }
    (self.replacing, self.metadata, self.layers) = (exists, metadata, layers)
    (labels, split) = (metadata.labels, metadata.split)
    (topology, provenance) = (metadata.topology, metadata.provenance)
    self.folder = folder
    self.aside = consume aside
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
      for index in layers.indices { try layers[index].append(samples[index], in: folder) }
    } catch { throw RunStoreError(error) }
    sampleCount += count
  }

  /// Makes the samples so far readable, at the first call by putting the store in its place.
  ///
  /// Labels and the split are cut off at the last sample. The chunk that is not full is written again each time; of a store
  /// that is published before its first sample, chunks whose length nobody chose have 256 samples at most.
  public mutating func publish() throws(RunStoreError) {
    let past = description.selecting(samples: 0..<sampleCount)
    try write(past, isGrowing: true)
    guard let aside = aside.take() else { return }
    folder = StoreFolder(path: aside.destination, destination: aside.destination, isPublished: true)
    do throws(FileError) { try aside.complete(replacing: replacing) } catch { throw RunStoreError(error) }
  }

  /// Completes the store and puts it in its place; labels and the split of a published one are cut off at the last sample.
  public consuming func finish() throws(RunStoreError) {
    let complete = description
    try write(folder.isPublished ? complete.selecting(samples: 0..<sampleCount) : complete, isGrowing: false)
    guard let aside = aside.take() else { return }
    do throws(FileError) { try aside.complete(replacing: replacing) } catch { throw RunStoreError(error) }
  }

  private var description: RunMetadata {
    RunMetadata(
      name: metadata.name, start: metadata.start, interval: metadata.interval, sampleCount: sampleCount,
      layers: metadata.layers, labels: labels, split: split, topology: topology, provenance: provenance)
  }

  /// Writes the documents of the layers, then that of the run.
  private mutating func write(_ description: RunMetadata, isGrowing: Bool) throws(RunStoreError) {
    if let contradiction = description.contradiction {
      throw RunStoreError(contradiction, at: folder.destination, remedy: "correct the run before writing it")
    }
    do throws(FileError) {
      for index in layers.indices {
        try layers[index].publish(
          sampleCount: sampleCount, isGrowing: isGrowing || folder.isPublished,
          time: { description.nanoseconds(of: $0) }, in: folder)
      }
      let document = ZarrGroupDocument(RunAttributes(description, isGrowing: isGrowing))
      try folder.write(StoreJSON.encode(document), to: RunStoreReader.document)
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
