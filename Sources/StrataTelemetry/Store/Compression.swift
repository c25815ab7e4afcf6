import CZlib
import CZstd

/// Why compressed bytes could not be undone.
struct CompressionError: Error { let problem: String }

/// Zstandard, as libzstd implements RFC 8878.
enum Zstandard {
  /// Favours speed: telemetry in single precision gains little from higher levels.
  static let level = 3

  static func compress(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    let bound = ZSTD_compressBound(bytes.count)
    return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
      count = ZSTD_compress(buffer.baseAddress, bound, bytes.baseAddress, bytes.count, Int32(level))
      // Compression into a buffer of the bound's size fails only without memory.
      if ZSTD_isError(count) != 0 { fatalError("ZSTD_compress: \(String(cString: ZSTD_getErrorName(count)))") }
    }
  }

  /// Undoes the compression of `bytes` into at most `limit` bytes, which bounds the memory used as well.
  static func decompress(_ bytes: [UInt8], limit: Int) throws(CompressionError) -> [UInt8] {
    let (declared, isOnlyFrame) = bytes.withUnsafeBytes {
      (
        ZSTD_getFrameContentSize($0.baseAddress, $0.count),
        ZSTD_findFrameCompressedSize($0.baseAddress, $0.count) == $0.count
      )
    }
    // The two largest values stand for an unknown size and for damage, which decompression will find.
    let isKnown = declared < UInt64.max - 1
    if isKnown && declared > UInt64(limit) {
      throw CompressionError(problem: "zstd: holds \(declared) bytes, \(limit) at most are expected")
    }
    let capacity = isKnown && isOnlyFrame ? Int(declared) : limit
    var failure: CompressionError?
    let decoded = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      let size = bytes.withUnsafeBytes { ZSTD_decompress(buffer.baseAddress, capacity, $0.baseAddress, $0.count) }
      if ZSTD_isError(size) == 0 {
        count = size
      } else {
        failure = CompressionError(problem: "zstd: \(String(cString: ZSTD_getErrorName(size)))")
      }
    }
    if let failure { throw failure }
    return decoded
  }
}

/// DEFLATE, as zlib implements RFC 1951 and RFC 1952.
enum Deflate {
  enum Framing {
    /// RFC 1952; several members one after the other are one text.
    case gzip
    /// RFC 1951 without a header, as in a zip archive.
    case none
  }

  /// Undoes the compression of `bytes` into at most `limit` bytes.
  static func decompress(
    _ bytes: UnsafeRawBufferPointer, framing: Framing, limit: Int
  ) throws(CompressionError) -> [UInt8] {
    var stream = z_stream()
    let version = inflateInit2_(
      &stream, framing == .gzip ? 31 : -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    // It fails only without memory.
    guard version == Z_OK else { fatalError("inflateInit2 failed with \(version)") }
    defer { inflateEnd(&stream) }
    var failure: CompressionError?
    let decoded = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      failure = inflateAll(&stream, bytes, framing, into: buffer, limit: limit, count: &count)
    }
    if let failure { throw failure }
    return decoded
  }

  private static func inflateAll(
    _ stream: inout z_stream, _ bytes: UnsafeRawBufferPointer, _ framing: Framing,
    into buffer: UnsafeMutableBufferPointer<UInt8>, limit: Int, count: inout Int
  ) -> CompressionError? {
    // One byte more than allowed shows that there is more.
    var overflow: UInt8 = 0
    var consumed = 0
    return withUnsafeMutablePointer(to: &overflow) { overflow in
      while true {
        let isFull = count == limit
        let input = min(bytes.count - consumed, Int(UInt32.max))
        let output = isFull ? 1 : min(limit - count, Int(UInt32.max))
        stream.next_in = UnsafeMutablePointer(
          mutating: bytes.baseAddress?.advanced(by: consumed).assumingMemoryBound(to: UInt8.self))
        stream.avail_in = UInt32(input)
        stream.next_out = isFull ? overflow : buffer.baseAddress! + count
        stream.avail_out = UInt32(output)
        let status = inflate(&stream, Z_NO_FLUSH)
        let produced = output - Int(stream.avail_out)
        let eaten = input - Int(stream.avail_in)
        consumed += eaten
        if isFull && produced > 0 { return CompressionError(problem: "holds more than the expected \(limit) bytes") }
        count += produced
        switch status {
        case Z_STREAM_END where consumed == bytes.count: return nil
        case Z_STREAM_END where framing == .gzip: inflateReset(&stream)
        case Z_STREAM_END:
          return CompressionError(problem: "\(bytes.count - consumed) bytes follow the compressed ones")
        case Z_OK where produced > 0 || eaten > 0: continue
        case Z_OK, Z_BUF_ERROR: return CompressionError(problem: "the compressed bytes end too soon")
        default:
          return CompressionError(problem: stream.msg.map { "deflate: \(String(cString: $0))" } ?? "deflate: damaged")
        }
      }
    }
  }
}
