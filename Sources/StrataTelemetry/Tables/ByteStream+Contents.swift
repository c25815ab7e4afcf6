extension ByteStream {
  /// All bytes of a file, a pipe or the standard input, and no more than one beyond `limit`.
  package static func contents(of path: String, limit: Int) throws(TelemetryFileError) -> [UInt8] {
    var stream = try ByteStream(contentsOf: path)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
    defer { buffer.deallocate() }
    var bytes: [UInt8] = []
    do throws(Failure) {
      while bytes.count <= limit {
        let count = try stream.read(into: buffer)
        if count == 0 { break }
        bytes += buffer[..<count]
      }
    } catch { throw TelemetryFileError(error.problem, source: path) }
    return Array(bytes.prefix(limit + 1))
  }
}
