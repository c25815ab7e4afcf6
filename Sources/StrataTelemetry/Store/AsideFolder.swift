#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A folder that is filled beside its destination and renamed when it is complete.
///
/// Whoever opens the destination sees nothing, or the old folder, or the whole new one. The folder is removed when it is
/// given up; one left behind by a process that was killed is recognised by its released lock and removed by the next
/// writer to the same destination. The lock is why this is not copyable.
struct AsideFolder: ~Copyable {
  let destination: String
  /// The folder while it is being filled.
  let path: String
  private let lock: Int32
  private var isComplete = false

  init(for destination: String) throws(RunStoreError) {
    let trimmed = destination.count > 1 && destination.hasSuffix("/") ? String(destination.dropLast()) : destination
    let slash = trimmed.lastIndex(of: "/")
    let parent = slash.map { trimmed[...$0].description } ?? ""
    let name = slash.map { trimmed[trimmed.index(after: $0)...].description } ?? trimmed
    guard !name.isEmpty, name != ".", name != ".." else {
      throw RunStoreError("does not name a folder to write", at: destination, remedy: "name a new folder")
    }
    Self.removeAbandoned(in: parent, of: name)
    let path = "\(parent).\(name).\(getpid())-\(UInt32.random(in: .min ... .max)).partial"
    let lock = try Self.createLocked(path, for: trimmed)
    (self.destination, self.path, self.lock) = (trimmed, path, lock)
  }

  deinit {
    if !isComplete { try? FileManager.default.removeItem(atPath: path) }
    close(lock)
  }

  /// Makes a folder in the folder.
  func createFolder(_ name: String) throws(RunStoreError) {
    guard mkdir("\(path)/\(name)", 0o755) == 0 else { throw Self.failure("created", "\(destination)/\(name)") }
  }

  /// Writes a file in the folder.
  func write(_ bytes: [UInt8], to name: String) throws(RunStoreError) {
    let file = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw Self.failure("created", "\(destination)/\(name)") }
    defer { close(file) }
    var done = 0
    while done < bytes.count {
      let step = bytes.withUnsafeBytes { Self.write(file, $0.baseAddress! + done, $0.count - done) }
      if step < 0 && errno == EINTR { continue }
      guard step > 0 else { throw Self.failure("written", "\(destination)/\(name)") }
      done += step
    }
  }

  /// Renames the folder to its destination.
  ///
  /// - Parameter replacing: Whether a folder that is already there goes away.
  consuming func complete(replacing: Bool) throws(RunStoreError) {
    // The old folder steps aside under a name that a failure gives back.
    let old = path + ".replaced"
    if replacing, rename(destination, old) != 0, errno != ENOENT { throw Self.failure("replaced", destination) }
    guard rename(path, destination) == 0 else {
      let error = Self.failure("renamed into place", destination)
      if replacing { rename(old, destination) }
      throw error
    }
    isComplete = true
    if replacing { try? FileManager.default.removeItem(atPath: old) }
  }

  private static func createLocked(_ path: String, for destination: String) throws(RunStoreError) -> Int32 {
    guard mkdir(path, 0o755) == 0 else { throw failure("created", destination) }
    let lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0 { return lock }
    let error = failure("locked", destination)
    rmdir(path)
    if lock >= 0 { close(lock) }
    throw error
  }

  /// Removes what killed writers to the same destination left behind.
  private static func removeAbandoned(in parent: String, of name: String) {
    let folder = parent.isEmpty ? "." : parent
    for entry in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where entry.hasPrefix(".\(name).") && entry.hasSuffix(".partial") {
      let descriptor = open(parent + entry, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { try? FileManager.default.removeItem(atPath: parent + entry) }
      close(descriptor)
    }
  }

  private static func write(_ file: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    #if canImport(Glibc)
      Glibc.write(file, bytes, count)
    #else
      Darwin.write(file, bytes, count)
    #endif
  }

  private static func failure(_ action: String, _ place: String) -> RunStoreError {
    RunStoreError("cannot be \(action): \(String(cString: strerror(errno)))", at: place, remedy: Remedy.room)
  }
}
