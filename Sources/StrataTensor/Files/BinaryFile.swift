#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A file open for reading at any place, or bytes in memory that stand for one.
///
/// A class, because the descriptor must be closed exactly once, after its last user.
package final class BinaryFile: Sendable {
  package let path: String
  package let byteCount: Int
  /// The open file; -1 when the bytes are in `memory`.
  private let descriptor: Int32
  private let memory: [UInt8]

  /// - Throws: When the file cannot be opened or is not a regular file.
  package convenience init(_ path: String) throws(FileError) {
    // A pipe in place of a file must not make the reader wait.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw .last(path, "opened") }
    try self.init(adopting: descriptor, path: path)
  }

  /// - Parameters:
  ///   - descriptor: An open file, which is closed with this one, or now when it is not a regular file.
  ///   - path: What errors call it.
  package init(adopting descriptor: Int32, path: String) throws(FileError) {
    (self.path, self.descriptor, memory) = (path, descriptor, [])
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let error = FileError.last(path, "inspected")
      close(descriptor)
      throw error
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FileError("is not a regular file", path: path)
    }
    byteCount = Int(status.st_size)
  }

  /// - Parameter source: What errors call the bytes.
  package init(_ bytes: [UInt8], source: String) {
    (path, memory, descriptor, byteCount) = (source, bytes, -1, bytes.count)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Fills `buffer` with the bytes from `offset` on.
  ///
  /// - Throws: When the file ends before that, or cannot be read.
  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) {
    if descriptor < 0 {
      guard offset <= memory.count, buffer.count <= memory.count - offset else {
        throw FileError("ends before its size", path: path)
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
      if count == 0 { throw FileError("ends before its size", path: path) }
      done += count
    }
  }

  package func read(_ range: Range<Int>) throws(FileError) -> [UInt8] {
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

  /// All bytes.
  package func contents() throws(FileError) -> [UInt8] { try read(0..<byteCount) }
}
