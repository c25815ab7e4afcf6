import StrataTensor

/// A run on disk: a Zarr v3 hierarchy whose groups `xarray.open_zarr` reads, one per layer.
///
/// The root group carries the run's metadata as attributes. Each layer is a group with an array `values` (axes `time`,
/// `entity`, `channel`; single precision, NaN where missing, chunked in time) and the coordinates `time`, `entity` and
/// `channel`. An absent chunk is missing telemetry.
///
/// A store that is still being written holds the samples that its metadata count when it is opened (``isGrowing``).
///
/// Opening reads metadata only. Stores written by others are read as well: any chunk shape, either byte order, float32
/// or float64, and any order of zstd, gzip and CRC-32C. Whatever a store claims, memory use stays within `limits`.
public struct RunStore: Sendable {
  /// Everything about the run but its values.
  public let metadata: RunMetadata
  public let limits: RunStoreLimits
  /// Whether more samples may follow: the store is being written, or its writer died. What is there does not change.
  public let isGrowing: Bool

  let files: any StoreFiles
  let arrays: [ZarrArray]

  /// Opens the store in a folder.
  ///
  /// - Parameters:
  ///   - layers: The layers to open, where there are; nil for all. One whose metadata are damaged can be left out.
  ///   - limits: What a store may ask for.
  ///   - path: Where it lies.
  public init(
    opening path: String, layers: [TelemetryLayer]? = nil, limits: RunStoreLimits = .standard
  ) throws(RunStoreError) {
    try self.init(FolderFiles(path), layers, limits)
  }

  /// Opens a store held in memory.
  ///
  /// - Parameters:
  ///   - files: The contents of each file by its path in the store, such as `physical/values/zarr.json`.
  ///   - source: What errors call the store.
  ///   - limits: What a store may ask for.
  public init(
    parsing files: [String: [UInt8]], source: String, limits: RunStoreLimits = .standard
  ) throws(RunStoreError) {
    try self.init(MemoryFiles(source: source, files: files), nil, limits)
  }

  private init(
    _ files: some StoreFiles, _ layers: [TelemetryLayer]?, _ limits: RunStoreLimits
  ) throws(RunStoreError) {
    (self.files, self.limits) = (files, limits)
    (metadata, arrays, isGrowing) = try RunStoreReader(files: files, limits: limits).metadata(of: layers)
  }

  /// Reads part of the run.
  ///
  /// - Parameters:
  ///   - layers: The layers to read; nil for all.
  ///   - entities: The entities to read, of whichever layers have them; nil for all.
  ///   - samples: The samples to read; nil for all. The run's start, labels and split move along.
  ///   - damage: Told about each damaged chunk, whose values then are missing. Without it the first one is thrown.
  /// - Throws: When a chunk is damaged, what is asked for does not exist, or it exceeds the limits.
  /// - Complexity: Reads the chunks that hold what is asked for; memory is that of the result and of one chunk.
  public func read(
    layers: [TelemetryLayer]? = nil, entities: [EntityPath]? = nil, samples: Range<Int>? = nil,
    reportingDamage damage: ((RunStoreError) -> Void)? = nil
  ) throws(RunStoreError) -> Run {
    let samples = samples ?? 0..<metadata.sampleCount
    try check(layers: layers, entities: entities, samples: samples)
    let chosen = entities.map(Set.init)
    var series: [LayerSeries] = []
    for (layer, array) in zip(metadata.layers, arrays) where layers?.contains(layer.layer) ?? true {
      let positions = layer.entities.indices.filter { chosen?.contains(layer.entities[$0]) ?? true }
      let values = try array.values(
        .init(samples: samples, entities: positions), from: files, limits: limits
      ) { error in
        damage?(error)
        return damage != nil
      }
      series.append(
        LayerSeries(
          layer: layer.layer, entities: positions.map { layer.entities[$0] }, channels: layer.channels, values: values))
    }
    return Run(metadata.selecting(samples: samples), layers: series)
  }

  /// Reads every chunk and returns what is wrong; nothing when the store is sound.
  ///
  /// - Throws: When an array exceeds the limits.
  public func damage() throws(RunStoreError) -> [RunStoreError] {
    var found: [RunStoreError] = []
    for (layer, array) in zip(metadata.layers, arrays) {
      let selection = ZarrArray.Selection(samples: 0..<0, entities: Array(layer.entities.indices))
      for samples in array.blocks {
        var selection = selection
        selection.samples = samples
        _ = try array.values(selection, from: files, limits: limits) { error in
          found.append(error)
          return true
        }
      }
    }
    return found
  }

  private func check(
    layers: [TelemetryLayer]?, entities: [EntityPath]?, samples: Range<Int>
  ) throws(RunStoreError) {
    func refuse(_ problem: String) -> RunStoreError {
      RunStoreError(problem, at: files.source, remedy: "ask for what the metadata list")
    }
    for layer in layers ?? [] where metadata[layer] == nil { throw refuse("has no layer '\(layer)'") }
    if let entities {
      let known = Set(metadata.layers.flatMap(\.entities))
      for entity in entities where !known.contains(entity) {
        throw refuse("has no entity \(shown(entity.description))")
      }
    }
    guard samples.lowerBound >= 0, samples.upperBound <= metadata.sampleCount else {
      throw refuse("has no samples \(samples), but 0..<\(metadata.sampleCount)")
    }
  }
}

extension ZarrArray {
  /// The samples of each chunk, in time.
  var blocks: some Sequence<Range<Int>> {
    stride(from: 0, to: shape[0], by: chunkShape[0]).lazy.map { $0..<Swift.min($0 + chunkShape[0], shape[0]) }
  }
}
