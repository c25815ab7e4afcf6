import CZlib
import CZstd

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Bytes of a file or of an array, in order, decompressed on the way when they are gzip or zstd.
///
/// Compression is recognised by the first bytes, not by the name; several members one after the other are one stream.
/// Memory is bounded by one chunk and the window of the decompressor (128 MiB at most), whatever the length of the source.
package struct ByteStream: ~Copyable {
  /// Why no more bytes came.
  struct Failure: Error { let problem: String }

  /// The state of a decompressor.
  private enum Decoder {
    case none
    case gzip(UnsafeMutablePointer<z_stream>)
    case zstd(OpaquePointer)
  }

  private static let chunkLength = 1 << 18

  /// The open file; -1 when the bytes are in `memory`.
  private let descriptor: Int32
  private let memory: [UInt8]
  private var memoryPosition = 0
  private let chunk: UnsafeMutablePointer<UInt8>
  private var chunkStart = 0
  private var chunkEnd = 0
  private let decoder: Decoder
  private var memberIsOpen = false

  init(contentsOf path: String) throws(TelemetryFileError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw TelemetryFileError("cannot be opened: \(String(cString: strerror(errno)))", source: path)
    }
    try self.init(descriptor: descriptor, memory: [], source: path)
  }

  /// `source` stands for the path in errors.
  init(_ bytes: [UInt8], source: String) throws(TelemetryFileError) {
    try self.init(descriptor: -1, memory: bytes, source: source)
  }

  private init(descriptor: Int32, memory: [UInt8], source: String) throws(TelemetryFileError) {
    let chunk = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.chunkLength)
    var position = 0
    var filled = 0
    do throws(Failure) {
      while filled < StreamCompression.prefixLength {  // a pipe may hand out one byte at a time
        let count = try Self.fill(
          UnsafeMutableRawBufferPointer(start: chunk + filled, count: Self.chunkLength - filled), from: descriptor,
          memory, &position)
        if count == 0 { break }
        filled += count
      }
    } catch {
      chunk.deallocate()
      if descriptor >= 0 { close(descriptor) }
      throw TelemetryFileError(error.problem, source: source)
    }
    let form = StreamCompression(UnsafeBufferPointer(start: chunk, count: filled))
    if case .unsupported(let name) = form {
      chunk.deallocate()
      if descriptor >= 0 { close(descriptor) }
      throw TelemetryFileError("is \(name); unpack it first (gzip and zstd are read as they are)", source: source)
    }
    (self.descriptor, self.memory, self.chunk) = (descriptor, memory, chunk)
    (memoryPosition, chunkEnd) = (position, filled)
    memberIsOpen = form != .none
    switch form {
    case .gzip:
      let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
      stream.initialize(to: z_stream())
      // 31: the largest window, gzip framing only. It fails only without memory.
      let status = inflateInit2_(stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
      guard status == Z_OK else { fatalError("inflateInit2 failed with \(status)") }
      decoder = .gzip(stream)
    case .zstd:
      guard let stream = ZSTD_createDStream() else { fatalError("ZSTD_createDStream failed") }
      decoder = .zstd(stream)
    case .none, .unsupported: decoder = .none
    }
  }

  deinit {
    switch decoder {
    case .none: break
    case .gzip(let stream):
      inflateEnd(stream)
      stream.deallocate()
    case .zstd(let stream): ZSTD_freeDStream(stream)
    }
    chunk.deallocate()
    if descriptor >= 0 { close(descriptor) }
  }

  /// Writes the next bytes to the front of `buffer`; returns how many, zero only at the end.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    switch decoder {
    case .gzip(let stream): return try inflate(stream, into: buffer)
    case .zstd(let stream): return try decompress(stream, into: buffer)
    case .none: break
    }
    guard chunkStart < chunkEnd else { return try Self.fill(buffer, from: descriptor, memory, &memoryPosition) }
    let count = min(buffer.count, chunkEnd - chunkStart)
    buffer.baseAddress!.copyMemory(from: chunk + chunkStart, byteCount: count)
    chunkStart += count
    return count
  }

  private mutating func inflate(
    _ stream: UnsafeMutablePointer<z_stream>, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Failure) -> Int {
    let capacity = min(buffer.count, 1 << 30)
    stream.pointee.next_out = buffer.baseAddress!.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(capacity)
    while stream.pointee.avail_out > 0 {
      if chunkStart == chunkEnd, try !fillChunk("gzip") { break }
      if !memberIsOpen {
        inflateReset(stream)
        memberIsOpen = true
      }
      stream.pointee.next_in = chunk + chunkStart
      stream.pointee.avail_in = UInt32(chunkEnd - chunkStart)
      let status = CZlib.inflate(stream, Z_NO_FLUSH)
      chunkStart = chunkEnd - Int(stream.pointee.avail_in)
      switch status {
      case Z_OK, Z_BUF_ERROR: continue
      case Z_STREAM_END: memberIsOpen = false
      default:
        let reason = stream.pointee.msg.map { String(cString: $0) } ?? "code \(status)"
        throw Failure(problem: "the gzip stream is damaged: \(reason)")
      }
    }
    return capacity - Int(stream.pointee.avail_out)
  }

  private mutating func decompress(
    _ stream: OpaquePointer, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Failure) -> Int {
    var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
    while output.pos < output.size {
      let written = output.pos
      var input = ZSTD_inBuffer(src: chunk + chunkStart, size: chunkEnd - chunkStart, pos: 0)
      let status = ZSTD_decompressStream(stream, &output, &input)
      chunkStart += input.pos
      guard ZSTD_isError(status) == 0 else {
        throw Failure(problem: "the zstd stream is damaged: \(String(cString: ZSTD_getErrorName(status)))")
      }
      if input.pos > 0 || output.pos > written {
        memberIsOpen = status != 0
      } else if try !fillChunk("zstd") {
        break
      }
    }
    return output.pos
  }

  /// Reads the next compressed bytes; `false` at the end, which must not lie in a member.
  private mutating func fillChunk(_ form: String) throws(Failure) -> Bool {
    chunkStart = 0
    chunkEnd = try Self.fill(
      UnsafeMutableRawBufferPointer(start: chunk, count: Self.chunkLength), from: descriptor, memory, &memoryPosition)
    if chunkEnd == 0, memberIsOpen { throw Failure(problem: "the \(form) stream ends in the middle") }
    return chunkEnd > 0
  }

  private static func fill(
    _ buffer: UnsafeMutableRawBufferPointer, from descriptor: Int32, _ memory: [UInt8], _ position: inout Int
  ) throws(Failure) -> Int {
    guard descriptor >= 0 else {
      let count = min(buffer.count, memory.count - position)
      memory.withUnsafeBytes { bytes in
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]))
      }
      position += count
      return count
    }
    while true {
      #if canImport(Glibc)
        let count = Glibc.read(descriptor, buffer.baseAddress!, buffer.count)
      #elseif canImport(Musl)
        let count = Musl.read(descriptor, buffer.baseAddress!, buffer.count)
      #elseif canImport(Musl)
        let count = Musl.read(descriptor, buffer.baseAddress!, buffer.count)
      #else
        let count = Darwin.read(descriptor, buffer.baseAddress!, buffer.count)
      #endif
      if count >= 0 { return count }
      guard errno == EINTR else { throw Failure(problem: "cannot be read: \(String(cString: strerror(errno)))") }
    }
  }
}
