import StrataTensor

extension FrozenStream {
  private static let magic = Array("strata-stream-1\n".utf8)

  /// What must be equal for a state to fit: configuration, weights, kernels, precision and sizes.
  private var identity: [UInt64] {
    let kernels = Array(KernelVariant.active.name.utf8).withUnsafeBytes { crc32c($0) }
    return [
      UInt64(model.digest), UInt64(kernels), UInt64(Precision.allCases.firstIndex(of: model.precision)!),
      UInt64(entities), UInt64(windowLength), UInt64(byteCount),
    ]
  }

  /// Writes everything a stream remembers to a file, aside first.
  ///
  /// - Throws: `FileError` when the file cannot be written.
  public func save(to path: String) throws {
    try writeAtomically(to: path) { append in
      var checksum: UInt32 = 0
      func add(_ bytes: UnsafeRawBufferPointer) throws {
        checksum = crc32c(bytes, continuing: checksum)
        try append(bytes)
      }
      try Self.magic.withUnsafeBytes { try add($0) }
      try identity.map(\.littleEndian).withUnsafeBytes { try add($0) }
      try counts.map { Int64($0).littleEndian }.withUnsafeBytes { try add($0) }
      try add(UnsafeRawBufferPointer(start: memory, count: byteCount))
      try withUnsafeBytes(of: checksum.littleEndian) { try append($0) }
    }
  }

  /// Continues from a saved state: what comes after is the same, bit by bit, as if the stream had never stopped.
  ///
  /// - Throws: `FileError` when the file cannot be read; ``StreamError/unusableState(_:)`` when it is no state of this
  ///   model, precision, kernels, number of entities and window length, or damaged. The stream is then as it was.
  public mutating func restore(from path: String) throws {
    let file = try BinaryFile(path)
    let header = Self.magic.count + identity.count * 8, size = header + entities * 8 + byteCount + 4
    let head = try file.read(0..<min(header, file.byteCount))
    guard head.starts(with: Self.magic) else { throw StreamError.unusableState("in \(path) is no state of a stream") }
    let saved = head.count < header ? [] : (0..<identity.count).map { number(head, Self.magic.count + 8 * $0) }
    guard saved == identity else {
      throw StreamError.unusableState(
        "in \(path) is that of another model, precision, number of entities or window length, or of other kernels")
    }
    guard file.byteCount == size else {
      throw StreamError.unusableState("in \(path) has \(file.byteCount) bytes, expected \(size)")
    }
    let bytes = try file.contents()
    let body = bytes.withUnsafeBytes { crc32c(UnsafeRawBufferPointer(rebasing: $0[..<(size - 4)])) }
    guard UInt64(body) == number(bytes, size - 4, width: 4) else {
      throw StreamError.unusableState("in \(path) is damaged: its checksum differs")
    }
    let samples = (0..<entities).map { number(bytes, header + 8 * $0) }
    guard samples.allSatisfy({ $0 < 1 << 48 }) else {
      throw StreamError.unusableState("in \(path) counts more samples than there can have been")
    }
    counts = samples.map { Int($0) }
    bytes.withUnsafeBytes {
      memory.copyMemory(from: $0.baseAddress! + header + 8 * entities, byteCount: byteCount)
    }
  }

  private func number(_ bytes: [UInt8], _ place: Int, width: Int = 8) -> UInt64 {
    (0..<width).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
  }
}
