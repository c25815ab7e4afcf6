#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Writes a file aside and renames it into place: whoever opens `path` sees the old file or the whole new one, even
/// after a crash or a power failure.
///
/// - Parameters:
///   - path: Where the file will be. A symbolic link is kept, and the file put where it leads.
///   - write: Receives a function that appends bytes.
/// - Throws: `FileError` when the file cannot be written, and whatever `write` throws; `path` is then as it was.
public func writeAtomically(
  to path: String, _ write: (_ append: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
) throws {
  let destination = try fileDestination(of: path)
  let aside = "\(destination).\(getpid())-\(UInt32.random(in: .min ... .max)).partial"
  let descriptor = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else { throw FileError.last(path, "created") }
  do {
    do {
      defer { close(descriptor) }
      try write { bytes in try append(bytes, to: descriptor, path) }
      guard fsync(descriptor) == 0 else { throw FileError.last(path, "written") }
    }
    guard rename(aside, destination) == 0 else { throw FileError.last(path, "replaced") }
  } catch {
    unlink(aside)
    throw error
  }
  synchronizeFolder(destination.lastIndex(of: "/").map { String(destination[...$0]) } ?? ".")
}

/// Where a file that is to be at `path` is written: where symbolic links lead, and never in the place of a device or pipe.
package func fileDestination(of path: String) throws(FileError) -> String {
  let destination = path.followingLinks
  var status = stat()
  if stat(destination, &status) == 0, ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) {
    throw FileError("is not a regular file", path: path)
  }
  return destination
}

/// Writes bytes aside and renames the file into place.
public func writeAtomically(_ bytes: [UInt8], to path: String) throws {
  try writeAtomically(to: path) { append in try bytes.withUnsafeBytes { try append($0) } }
}

/// Writes all of `bytes` to an open file; errors call it `path`.
package func append(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ path: String) throws(FileError) {
  var done = 0
  while done < bytes.count {
    let count = write(descriptor, bytes.baseAddress! + done, bytes.count - done)
    if count < 0 && errno == EINTR { continue }
    if count <= 0 { throw .last(path, "written") }
    done += count
  }
}

/// Makes the names in a folder durable. Some file systems cannot; then they are as durable as those allow.
package func synchronizeFolder(_ path: String) {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  fsync(descriptor)
  close(descriptor)
}
