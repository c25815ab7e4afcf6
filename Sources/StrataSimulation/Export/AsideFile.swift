import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A text file that is filled beside its destination and renamed when it is complete.
///
/// Whoever opens the destination sees the old file or the whole new one. What was written is removed when the file is given
/// up, which is why this is not copyable; only a killed process leaves its `.partial` behind. Memory holds one block.
struct AsideFile: ~Copyable {
  let destination: String
  /// What is not on the disk yet; add to it, then call `flushIfFull`.
  var text = TextBuffer()
  private let path: String
  private let descriptor: Int32
  private var isComplete = false

  private static let blockSize = 1 << 18

  /// - Parameter destination: Where the file will be; its folder exists. A symbolic link is kept, and the file put where
  ///   it leads.
  init(for destination: String) throws(FileError) {
    let destination = try fileDestination(of: destination)
    let path = "\(destination).\(getpid())-\(UInt32.random(in: .min ... .max)).partial"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError.last(destination, "created") }
    (self.destination, self.path, self.descriptor) = (destination, path, descriptor)
    text.reserveCapacity(Self.blockSize + Self.blockSize / 4)
  }

  deinit {
    if !isComplete { unlink(path) }
    close(descriptor)
  }

  /// Writes the text to the disk once there is a block of it.
  mutating func flushIfFull() throws(FileError) {
    if text.count >= Self.blockSize { try flush() }
  }

  /// Renames the file to its destination.
  consuming func complete() throws(FileError) {
    try flush()
    guard fsync(descriptor) == 0 else { throw .last(destination, "written") }
    guard rename(path, destination) == 0 else { throw .last(destination, "replaced") }
    isComplete = true
    synchronizeFolder(destination.lastIndex(of: "/").map { String(destination[...$0]) } ?? ".")
  }

  private mutating func flush() throws(FileError) {
    try text.bytes.withUnsafeBufferPointer { (bytes) throws(FileError) in
      try StrataTensor.append(UnsafeRawBufferPointer(bytes), to: descriptor, destination)
    }
    text.removeAll()
  }
}
