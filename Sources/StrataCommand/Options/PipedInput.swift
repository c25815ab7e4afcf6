import Strata

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A table that comes through a pipe, kept in memory because it is read twice.
enum PipedInput {
  /// More than that is written to a file first.
  private static let limit = 1 << 30

  /// The path that `-` stands for.
  static func path(_ text: String) -> String { text == "-" ? "/dev/stdin" : text }

  /// The bytes that come through what is at `path`; `nil` when it is a file, which can be opened again.
  ///
  /// - Throws: `InvalidInput` for more than a gibibyte, `TelemetryFileError` when it cannot be read.
  static func contents(of path: String, logs: LogOptions) throws -> [UInt8]? {
    var status = stat()
    guard stat(path, &status) == 0, ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) else { return nil }
    logs.info("reading \(path) to its end, because it is no file")
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw TelemetryFileError("cannot be opened: \(String(cString: strerror(errno)))", source: path)
    }
    defer { close(descriptor) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 1)
    defer { buffer.deallocate() }
    var bytes: [UInt8] = []
    while true {
      let count = read(descriptor, buffer.baseAddress!, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw TelemetryFileError("cannot be read: \(String(cString: strerror(errno)))", source: path)
      }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
      guard bytes.count <= limit else {
        throw InvalidInput("\(path): more than \(limit) bytes come through it; write them to a file first")
      }
    }
  }
}
