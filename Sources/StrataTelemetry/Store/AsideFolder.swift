package import StrataTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A folder that is filled beside its destination and renamed when it is complete.
///
/// Whoever opens the destination sees nothing, or the old folder, or the whole new one. The folder is removed when it is
/// given up; one left behind by a process that was killed is recognised by its released lock and removed by the next
/// writer to the same destination. The lock is why this is not copyable.
package struct AsideFolder: ~Copyable {
  package let destination: String
  /// The folder while it is being filled.
  package let path: String
  private let lock: Int32
  private var isComplete = false

  /// - Parameter destination: Where the folder will be; its parent exists. A symbolic link is kept, and the folder put
  ///   where it leads.
  package init(for destination: String) throws(FileError) {
    let trimmed = destination.withoutTrailingSlashes.followingLinks
    let slash = trimmed.lastIndex(of: "/")
    let parent = slash.map { trimmed[...$0].description } ?? ""
    let name = slash.map { trimmed[trimmed.index(after: $0)...].description } ?? trimmed
    guard !name.isEmpty, name != ".", name != ".." else {
      throw FileError("does not name a folder to write", path: destination)
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

  /// Renames the folder to its destination.
  ///
  /// - Parameters:
  ///   - replacing: Whether a folder that is already there goes away.
  ///   - durably: Whether to wait until the names in the folder, and its own, are on the disk. The files in it are the
  ///     affair of whoever wrote them.
  package consuming func complete(replacing: Bool, durably: Bool = false) throws(FileError) {
    if durably { synchronizeFolder(path) }
    // The old folder steps aside under a name that a failure gives back.
    let old = path + ".replaced"
    if replacing, rename(destination, old) != 0, errno != ENOENT { throw .last(destination, "replaced") }
    guard rename(path, destination) == 0 else {
      let error = FileError.last(destination, "renamed into place")
      if replacing { rename(old, destination) }
      throw error
    }
    isComplete = true
    if durably { synchronizeFolder(destination.lastIndex(of: "/").map { String(destination[...$0]) } ?? ".") }
    if replacing { try? FileManager.default.removeItem(atPath: old) }
  }

  private static func createLocked(_ path: String, for destination: String) throws(FileError) -> Int32 {
    guard mkdir(path, 0o755) == 0 else { throw .last(destination, "created") }
    let lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0 { return lock }
    let error = FileError.last(destination, "locked")
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
}
