import StrataTensor

/// What is done to the bytes of a chunk on the way to the disk.
enum ZarrCodec: String, Sendable {
  case zstd, gzip, crc32c

  /// The codecs of what is written here, after the array has become bytes.
  static let written = [
    ZarrExtension("zstd", .init(level: Zstandard.level, checksum: false)), ZarrExtension(ZarrCodec.crc32c.rawValue),
  ]

  /// Applies the codecs of what is written here.
  static func encode(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var encoded = Zstandard.compress(bytes)
    let checksum = encoded.withUnsafeBytes { StrataTensor.crc32c($0) }
    withUnsafeBytes(of: checksum.littleEndian) { encoded.append(contentsOf: $0) }
    return encoded
  }
}

/// The size of some bytes that are still encoded.
struct ByteBound: Equatable {
  var limit: Int
  var isExact: Bool

  /// The size after `codec` has been applied.
  func encoded(by codec: ZarrCodec) -> ByteBound {
    switch codec {
    case .crc32c: ByteBound(limit: limit + 4, isExact: isExact)
    // More than the worst case of either format.
    case .zstd, .gzip: ByteBound(limit: limit + limit / 64 + 1024, isExact: false)
    }
  }
}

extension [ZarrCodec] {
  /// The size after every codec has been applied.
  func encodedBound(of bound: ByteBound) -> ByteBound { reduce(bound) { $0.encoded(by: $1) } }

  /// Undoes the codecs, last one first; memory use is bounded by `bound`, whatever the bytes claim.
  func decode(_ encoded: [UInt8], to bound: ByteBound) throws(CompressionError) -> [UInt8] {
    var bytes = encoded
    for index in indices.reversed() {
      let inner = self[..<index].reduce(bound) { $0.encoded(by: $1) }
      switch self[index] {
      case .zstd: bytes = try Zstandard.decompress(bytes, limit: inner.limit)
      case .gzip:
        let result: Result<[UInt8], CompressionError> = bytes.withUnsafeBytes { buffer in
          Result { () throws(CompressionError) in
            try Deflate.decompress(buffer, framing: .gzip, limit: inner.limit)
          }
        }
        bytes = try result.get()
      case .crc32c: try Self.removeChecksum(&bytes)
      }
      if inner.isExact && bytes.count != inner.limit {
        throw CompressionError(problem: "holds \(bytes.count) bytes, expected \(inner.limit)")
      }
    }
    if bound.isExact ? bytes.count != bound.limit : bytes.count > bound.limit {
      throw CompressionError(problem: "holds \(bytes.count) bytes, expected \(bound.limit)")
    }
    return bytes
  }

  private static func removeChecksum(_ bytes: inout [UInt8]) throws(CompressionError) {
    guard bytes.count >= 4 else { throw CompressionError(problem: "is too short for its checksum") }
    let (stored, computed) = bytes.withUnsafeBytes { buffer in
      (
        UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: buffer.count - 4, as: UInt32.self)),
        StrataTensor.crc32c(UnsafeRawBufferPointer(rebasing: buffer.dropLast(4)))
      )
    }
    guard stored == computed else { throw CompressionError(problem: "its CRC-32C checksum does not match") }
    bytes.removeLast(4)
  }
}
