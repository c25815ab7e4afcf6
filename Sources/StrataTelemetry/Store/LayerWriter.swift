import StrataTensor

/// Writes the values of one layer chunk by chunk, as the samples come.
struct LayerWriter {
  /// Chunks of about this size are large enough to compress and small enough to hold.
  private static let chunkBytes = 4 << 20
  /// The samples in a chunk of a store that grows from its start on, at most: the last chunk is written again and again.
  private static let growingLength = 256
  /// The samples in a chunk of times, at most; and in one of a store that grows.
  private static let (timeChunkLength, growingTimeLength) = (1 << 16, 1 << 12)

  let metadata: LayerMetadata
  private var requestedLength: Int
  /// Whether somebody chose the length.
  private let isChosen: Bool
  private var chunkCount = 0
  /// The bits of the samples that fill no chunk yet.
  private var pending: [UInt32] = []
  /// The samples whose times are written.
  private var timeCount = 0

  private var place: String { metadata.layer.rawValue }
  private var width: Int { metadata.entities.count * metadata.channels.count }

  init(_ metadata: LayerMetadata, chunkLength: Int?) {
    self.metadata = metadata
    let width = metadata.entities.count * metadata.channels.count
    isChosen = chunkLength != nil
    requestedLength = chunkLength ?? min(max(Self.chunkBytes / max(4 * width, 1), 1), 1 << 16)
  }

  func begin(run: String, in folder: StoreFolder) throws(FileError) {
    for name in ["", "/values", "/time", "/entity", "/channel"] { try folder.createFolder(place + name) }
    try folder.write(
      StoreJSON.encode(ZarrGroupDocument(LayerAttributes(layer: metadata.layer, run: run))), to: "\(place)/zarr.json")
    try writeNames(metadata.entities.map(\.description), "entity", ZarrNoAttributes(), folder)
    let channels = metadata.channels
    try writeNames(
      channels.map(\.name), "channel",
      ChannelAttributes(kind: channels.map(\.kind), unit: channels.map(\.unit), meaning: channels.map(\.meaning)),
      folder)
  }

  mutating func append(_ samples: NDArray, in folder: StoreFolder) throws(FileError) {
    let chunkElements = requestedLength * width
    guard chunkElements > 0 else { return }
    try samples.withElements { (elements) throws(FileError) in
      var start = 0
      while start < elements.count {
        let end = min(start + chunkElements - pending.count, elements.count)
        pending.append(
          contentsOf: elements[start..<end].lazy.map { ($0.isNaN ? Float.nan : $0).bitPattern.littleEndian })
        start = end
        if pending.count == chunkElements {
          try write(pending, in: folder)
          chunkCount += 1
          pending.removeAll(keepingCapacity: true)
        }
      }
    }
  }

  /// Writes the chunk that is not full, then the times, then the documents that depend on the number of samples: with the
  /// last of them the samples can be read.
  ///
  /// - Parameters:
  ///   - sampleCount: All samples so far.
  ///   - isGrowing: Whether more may follow, now or at an earlier call: then chunks have their full length, which must not
  ///     change any more.
  ///   - time: The time of a sample.
  ///   - folder: Where the store is.
  mutating func publish(
    sampleCount: Int, isGrowing: Bool, time: (Int) -> Int64, in folder: StoreFolder
  ) throws(FileError) {
    if isGrowing, sampleCount == 0, !isChosen { requestedLength = min(requestedLength, Self.growingLength) }
    // A run shorter than one chunk needs no padding.
    let chunkLength = isGrowing || chunkCount > 0 ? requestedLength : min(requestedLength, max(sampleCount, 1))
    if !pending.isEmpty {
      let padding = chunkLength * width - pending.count
      try write(pending + repeatElement(Float.nan.bitPattern.littleEndian, count: padding), in: folder)
    }
    try writeTimes(sampleCount: sampleCount, isGrowing: isGrowing, time: time, folder)
    let document = ZarrArrayDocument(
      shape: [sampleCount, metadata.entities.count, metadata.channels.count],
      chunkShape: [chunkLength, max(metadata.entities.count, 1), max(metadata.channels.count, 1)], dataType: "float32",
      fillValue: .text("NaN"), codecs: Self.numberCodecs, attributes: ZarrNoAttributes(),
      dimensionNames: ["time", "entity", "channel"])
    try folder.write(StoreJSON.encode(document), to: "\(place)/values/zarr.json")
  }

  private static let numberCodecs = [ZarrExtension("bytes", .init(endian: "little"))] + ZarrCodec.written

  /// Writes the chunk that comes after the full ones; missing telemetry needs none.
  private func write(_ chunk: [UInt32], in folder: StoreFolder) throws(FileError) {
    let missing = Float.nan.bitPattern.littleEndian
    guard chunk.contains(where: { $0 != missing }) else { return }
    try folder.write(chunk.withUnsafeBytes { ZarrCodec.encode($0) }, to: "\(place)/values/c.\(chunkCount).0.0")
  }

  private mutating func writeTimes(
    sampleCount: Int, isGrowing: Bool, time: (Int) -> Int64, _ folder: StoreFolder
  ) throws(FileError) {
    let length = isGrowing ? Self.growingTimeLength : min(max(sampleCount, 1), Self.timeChunkLength)
    for start in stride(from: timeCount / length * length, to: sampleCount, by: length) {
      let times = (start..<start + length).map { ($0 < sampleCount ? time($0) : 0).littleEndian }
      try folder.write(times.withUnsafeBytes { ZarrCodec.encode($0) }, to: "\(place)/time/c.\(start / length)")
    }
    timeCount = sampleCount
    let document = ZarrArrayDocument(
      shape: [sampleCount], chunkShape: [length], dataType: "int64", fillValue: .number(0),
      codecs: Self.numberCodecs, attributes: TimeAttributes(), dimensionNames: ["time"])
    try folder.write(StoreJSON.encode(document), to: "\(place)/time/zarr.json")
  }

  private func writeNames(
    _ names: [String], _ dimension: String, _ attributes: some Codable, _ folder: StoreFolder
  ) throws(FileError) {
    let document = ZarrArrayDocument(
      shape: [names.count], chunkShape: [max(names.count, 1)], dataType: "string", fillValue: .text(""),
      codecs: [ZarrExtension("vlen-utf8")] + ZarrCodec.written, attributes: attributes, dimensionNames: [dimension])
    try folder.write(StoreJSON.encode(document), to: "\(place)/\(dimension)/zarr.json")
    guard !names.isEmpty else { return }
    let encoded = ZarrArray.encode(names: names).withUnsafeBytes { ZarrCodec.encode($0) }
    try folder.write(encoded, to: "\(place)/\(dimension)/c.0")
  }
}
