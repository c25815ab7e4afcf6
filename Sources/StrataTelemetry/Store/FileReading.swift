#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Reads up to `count` bytes of an open file; fewer when it ends before.
///
/// - Returns: Nil when the operating system refuses; `errno` then says why.
func readBytes(of descriptor: Int32, count: Int) -> [UInt8]? {
  var code: Int32 = 0
  let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
    while done < count {
      let step = read(descriptor, buffer.baseAddress! + done, count - done)
      if step < 0 && errno == EINTR { continue }
      if step < 0 { code = errno }
      if step <= 0 { break }
      done += step
    }
  }
  errno = code
  return code == 0 ? bytes : nil
}

/// The bytes of a regular file.
func contents(ofFile path: String) throws(TelemetryFileError) -> [UInt8] {
  func failure(_ action: String) -> TelemetryFileError {
    TelemetryFileError("cannot be \(action): \(String(cString: strerror(errno)))", source: path)
  }
  let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
  guard descriptor >= 0 else { throw failure("opened") }
  defer { close(descriptor) }
  var status = stat()
  guard fstat(descriptor, &status) == 0 else { throw failure("inspected") }
  guard status.st_mode & S_IFMT == S_IFREG else { throw TelemetryFileError("is not a regular file", source: path) }
  guard let bytes = readBytes(of: descriptor, count: Int(status.st_size)) else { throw failure("read") }
  return bytes
}
