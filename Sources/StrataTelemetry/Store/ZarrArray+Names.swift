/// The names along an axis: an array of text with one dimension.
extension ZarrArray {
  /// Reads every name.
  ///
  /// - Throws: When a chunk is absent or damaged, a name is not UTF-8, or the names take more than the limits allow.
  func names(from files: some StoreFiles, limits: RunStoreLimits) throws(RunStoreError) -> [String] {
    var names: [String] = []
    var chunk = 0
    // Each chunk brings its names along, so an extent without chunks behind it ends here at once.
    while names.count < shape[0] {
      guard let bytes = try self.chunk([chunk], from: files) else {
        throw RunStoreError(
          "does not exist, though it holds names", at: files.place(chunkPath([chunk])), remedy: Remedy.restore)
      }
      let place = files.place(chunkPath([chunk]))
      guard names.count + min(chunkShape[0], shape[0] - names.count) <= limits.metadataBytes / 16 else {
        throw RunStoreError("holds too many names", at: place, remedy: Remedy.rewrite)
      }
      let held = try type == .text ? Self.text(bytes, count: chunkShape[0], place) : text32(bytes, place)
      names.append(contentsOf: held.prefix(shape[0] - names.count))
      chunk += 1
    }
    return names
  }

  /// Writes names as one chunk of variable-length UTF-8.
  static func encode(names: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    func append(_ count: Int) { withUnsafeBytes(of: UInt32(count).littleEndian) { bytes.append(contentsOf: $0) } }
    append(names.count)
    for name in names {
      append(name.utf8.count)
      bytes.append(contentsOf: name.utf8)
    }
    return bytes
  }

  private static func text(_ bytes: [UInt8], count: Int, _ place: String) throws(RunStoreError) -> [String] {
    func refuse(_ problem: String) -> RunStoreError { RunStoreError(problem, at: place, remedy: Remedy.restore) }
    var position = 0
    func length() -> Int? {
      guard bytes.count - position >= 4 else { return nil }
      defer { position += 4 }
      return bytes.withUnsafeBytes {
        Int(UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: UInt32.self)))
      }
    }
    guard length() == count else { throw refuse("does not hold \(count) names") }
    var names: [String] = []
    for _ in 0..<count {
      guard let size = length(), size <= bytes.count - position else { throw refuse("a name reaches past the end") }
      guard let name = String(validating: bytes[position..<position + size], as: UTF8.self) else {
        throw refuse("a name is not UTF-8")
      }
      names.append(name)
      position += size
    }
    guard position == bytes.count else { throw refuse("\(bytes.count - position) bytes follow the names") }
    return names
  }

  private func text32(_ bytes: [UInt8], _ place: String) throws(RunStoreError) -> [String] {
    let width = type.byteCount ?? 4
    var names: [String] = []
    for start in stride(from: 0, to: bytes.count, by: width) {
      var name = String.UnicodeScalarView()
      var isPadding = false
      for place32 in stride(from: start, to: start + width, by: 4) {
        let raw = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place32, as: UInt32.self) }
        let code = isBigEndian ? UInt32(bigEndian: raw) : UInt32(littleEndian: raw)
        guard let scalar = Unicode.Scalar(code), !isPadding || code == 0 else {
          throw RunStoreError("a name is not UTF-32", at: place, remedy: Remedy.restore)
        }
        if code == 0 { isPadding = true } else { name.append(scalar) }
      }
      names.append(String(name))
    }
    return names
  }
}
