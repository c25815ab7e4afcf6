#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A file open for reading at any place, or bytes in memory that stand for one.
///
/// A class, because the descriptor must be closed exactly once, after its last user.
final class BinaryFile: Sendable {
  let path: String
  let byteCount: Int
  /// The open file; -1 when the bytes are in `memory`.
  private let descriptor: Int32
  private let memory: [UInt8]

  /// - Throws: When the file cannot be opened or is not a regular file.
  init(_ path: String) throws(FileError) {
    (self.path, memory) = (path, [])
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .last(path, "open") }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let error = FileError.last(path, "inspect")
      close(descriptor)
      throw error
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FileError(path: path, action: "read as a regular file", code: EINVAL)
    }
    byteCount = Int(status.st_size)
  }

  /// - Parameter source: What errors call the bytes.
  init(_ bytes: [UInt8], source: String) {
    (path, memory, descriptor, byteCount) = (source, bytes, -1, bytes.count)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Fills `buffer` with the bytes from `offset` on.
  ///
  /// - Throws: When the file ends before that, or cannot be read.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) {
    if descriptor < 0 {
      guard offset <= memory.count, buffer.count <= memory.count - offset else {
        throw FileError(path: path, action: "read past its end", code: EIO)
      }
      memory.withUnsafeBytes {
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + buffer.count]))
      }
      return
    }
    var done = 0
    while done < buffer.count {
      let count = pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      if count < 0 { throw .last(path, "read") }
      if count == 0 { throw FileError(path: path, action: "read past its end", code: EIO) }
      done += count
    }
  }

  func read(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    var failure: FileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      do throws(FileError) {
        try read(
          into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<range.count]),
          at: range.lowerBound)
        count = range.count
      } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }
}
