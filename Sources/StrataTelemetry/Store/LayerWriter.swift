import StrataTensor

/// Writes the values of one layer chunk by chunk, as the samples come.
struct LayerWriter {
  /// Chunks of about this size are large enough to compress and small enough to hold.
  private static let chunkBytes = 4 << 20

  let metadata: LayerMetadata
  private let requestedLength: Int
  private var chunkCount = 0
  /// The bits of the samples that fill no chunk yet.
  private var pending: [UInt32] = []

  private var folder: String { metadata.layer.rawValue }
  private var width: Int { metadata.entities.count * metadata.channels.count }

  init(_ metadata: LayerMetadata, chunkLength: Int?) {
    self.metadata = metadata
    let width = metadata.entities.count * metadata.channels.count
    requestedLength = chunkLength ?? min(max(Self.chunkBytes / max(4 * width, 1), 1), 1 << 16)
  }

  func begin(run: String, in aside: borrowing AsideFolder) throws(FileError) {
    for name in ["", "/values", "/time", "/entity", "/channel"] { try aside.createFolder(folder + name) }
    try aside.write(
      StoreJSON.encode(ZarrGroupDocument(LayerAttributes(layer: metadata.layer, run: run))), to: "\(folder)/zarr.json")
    try writeNames(metadata.entities.map(\.description), "entity", ZarrNoAttributes(), aside)
    let channels = metadata.channels
    try writeNames(
      channels.map(\.name), "channel",
      ChannelAttributes(kind: channels.map(\.kind), unit: channels.map(\.unit), meaning: channels.map(\.meaning)), aside
    )
  }

  mutating func append(_ samples: NDArray, in aside: borrowing AsideFolder) throws(FileError) {
    let chunkElements = requestedLength * width
    guard chunkElements > 0 else { return }
    try samples.withElements { (elements) throws(FileError) in
      var start = 0
      while start < elements.count {
        let end = min(start + chunkElements - pending.count, elements.count)
        pending.append(
          contentsOf: elements[start..<end].lazy.map { ($0.isNaN ? Float.nan : $0).bitPattern.littleEndian })
        start = end
        if pending.count == chunkElements { try flush(in: aside) }
      }
    }
  }

  /// Writes the last chunk and the documents that depend on the number of samples.
  mutating func finish(sampleCount: Int, time: (Int) -> Int64, in aside: borrowing AsideFolder) throws(FileError) {
    // A run shorter than one chunk needs no padding.
    let chunkLength = chunkCount == 0 ? min(requestedLength, max(sampleCount, 1)) : requestedLength
    if !pending.isEmpty {
      let padding = chunkLength * width - pending.count
      pending.append(contentsOf: repeatElement(Float.nan.bitPattern.littleEndian, count: padding))
      try flush(in: aside)
    }
    let document = ZarrArrayDocument(
      shape: [sampleCount, metadata.entities.count, metadata.channels.count],
      chunkShape: [chunkLength, max(metadata.entities.count, 1), max(metadata.channels.count, 1)], dataType: "float32",
      fillValue: .text("NaN"), codecs: Self.numberCodecs, attributes: ZarrNoAttributes(),
      dimensionNames: ["time", "entity", "channel"])
    try aside.write(StoreJSON.encode(document), to: "\(folder)/values/zarr.json")
    try writeTimes(sampleCount: sampleCount, time: time, aside)
  }

  private static let numberCodecs = [ZarrExtension("bytes", .init(endian: "little"))] + ZarrCodec.written

  /// Writes the pending samples as a chunk; missing telemetry needs none.
  private mutating func flush(in aside: borrowing AsideFolder) throws(FileError) {
    let missing = Float.nan.bitPattern.littleEndian
    if pending.contains(where: { $0 != missing }) {
      try aside.write(pending.withUnsafeBytes { ZarrCodec.encode($0) }, to: "\(folder)/values/c.\(chunkCount).0.0")
    }
    chunkCount += 1
    pending.removeAll(keepingCapacity: true)
  }

  private func writeTimes(
    sampleCount: Int, time: (Int) -> Int64, _ aside: borrowing AsideFolder
  ) throws(FileError) {
    let length = min(max(sampleCount, 1), 1 << 16)
    for (chunk, start) in stride(from: 0, to: sampleCount, by: length).enumerated() {
      let times = (start..<start + length).map { ($0 < sampleCount ? time($0) : 0).littleEndian }
      try aside.write(times.withUnsafeBytes { ZarrCodec.encode($0) }, to: "\(folder)/time/c.\(chunk)")
    }
    let document = ZarrArrayDocument(
      shape: [sampleCount], chunkShape: [length], dataType: "int64", fillValue: .number(0),
      codecs: Self.numberCodecs, attributes: TimeAttributes(), dimensionNames: ["time"])
    try aside.write(StoreJSON.encode(document), to: "\(folder)/time/zarr.json")
  }

  private func writeNames(
    _ names: [String], _ dimension: String, _ attributes: some Codable, _ aside: borrowing AsideFolder
  ) throws(FileError) {
    let document = ZarrArrayDocument(
      shape: [names.count], chunkShape: [max(names.count, 1)], dataType: "string", fillValue: .text(""),
      codecs: [ZarrExtension("vlen-utf8")] + ZarrCodec.written, attributes: attributes, dimensionNames: [dimension])
    try aside.write(StoreJSON.encode(document), to: "\(folder)/\(dimension)/zarr.json")
    guard !names.isEmpty else { return }
    let encoded = ZarrArray.encode(names: names).withUnsafeBytes { ZarrCodec.encode($0) }
    try aside.write(encoded, to: "\(folder)/\(dimension)/c.0")
  }
}
