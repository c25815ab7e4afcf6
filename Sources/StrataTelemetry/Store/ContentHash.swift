import StrataTensor

/// What a run says, as a number: equal runs have equal hashes, however they are stored.
///
/// SHA-256 over everything but the provenance: name, clock, labels, split, topology, and per layer the entities, the
/// channels and the values, whose NaNs are all the same. Chunks and compression do not matter.
struct ContentHash {
  private var hash = SHA256()

  init(_ metadata: RunMetadata) {
    add("strata-run-content-1")
    add(metadata.name)
    add(metadata.start.bitPattern)
    add(metadata.interval.bitPattern)
    add(metadata.sampleCount)
    add(metadata.split?.trainingEnd ?? -1)
    add(metadata.labels.count)
    for label in metadata.labels { add(label) }
    add(metadata.topology.count)
    for (entity, attributes) in metadata.topology.sorted(by: { $0.key < $1.key }) {
      add(entity.description)
      add(attributes.count)
      for (key, value) in attributes.sorted(by: { $0.key < $1.key }) {
        add(key)
        add(value)
      }
    }
    add(metadata.layers.count)
  }

  /// Begins a layer; its values follow in the order of time.
  mutating func begin(_ layer: LayerMetadata) {
    add(layer.layer.rawValue)
    add(layer.entities.count)
    for entity in layer.entities { add(entity.description) }
    add(layer.channels.count)
    for channel in layer.channels {
      for text in [channel.name, channel.kind.rawValue, channel.unit, channel.meaning.rawValue] { add(text) }
    }
  }

  mutating func add(_ values: NDArray) {
    values.withElements { elements in
      for start in stride(from: 0, to: elements.count, by: 1 << 14) {
        let block = elements[start..<min(start + 1 << 14, elements.count)]
        let bits = block.map { ($0.isNaN ? Float.nan : $0).bitPattern.littleEndian }
        bits.withUnsafeBytes { hash.update($0) }
      }
    }
  }

  consuming func finalize() -> String { hash.finalize() }

  private mutating func add(_ label: FaultLabel) {
    add(label.kind)
    add(label.entity.description)
    add(label.layer?.rawValue ?? "")
    add(label.channels.count)
    for channel in label.channels { add(channel) }
    add(label.interval.lowerBound)
    add(label.interval.upperBound)
    add(label.isBenign ? 1 : 0)
  }

  private mutating func add(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: UInt64(truncatingIfNeeded: number).littleEndian) { hash.update($0) }
  }

  /// The length before the text keeps one text from reading like two.
  private mutating func add(_ text: String) {
    add(text.utf8.count)
    hash.update(text.utf8)
  }
}

extension Run {
  /// A SHA-256 hash of everything but the provenance, in hexadecimal; the same however the run is stored.
  public var contentHash: String {
    var hash = ContentHash(metadata)
    for layer in layers {
      hash.begin(LayerMetadata(layer: layer.layer, entities: layer.entities, channels: layer.channels))
      hash.add(layer.values)
    }
    return hash.finalize()
  }
}

extension RunStore {
  /// The ``Run/contentHash`` of the whole run, in memory for one block of chunks.
  ///
  /// - Throws: When a chunk is damaged.
  public func contentHash() throws(RunStoreError) -> String {
    var hash = ContentHash(metadata)
    for (layer, array) in zip(metadata.layers, arrays) {
      hash.begin(layer)
      for samples in array.blocks {
        hash.add(
          try array.values(
            .init(samples: samples, entities: Array(layer.entities.indices)), from: files, limits: limits
          ) { _ in false })
      }
    }
    return hash.finalize()
  }
}
