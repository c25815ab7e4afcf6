import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The files of a store in a folder.
///
/// Every step of a path is opened relative to the step before and must not be a symbolic link, so nothing outside the
/// folder can be reached, whatever somebody puts into it. A class, because the folder is closed once, after its last user.
final class FolderFiles: StoreFiles {
  let source: String
  private let root: Int32

  init(_ path: String) throws(RunStoreError) {
    source = path.withoutTrailingSlashes
    root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard root >= 0 else {
      throw RunStoreError(
        "cannot be opened: \(String(cString: strerror(errno)))", at: source,
        remedy: "name the folder of a run store")
    }
  }

  deinit { close(root) }

  /// Whether there is anything at `path`.
  static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  func contents(of path: [String], limit: Int) throws(RunStoreError) -> [UInt8]? {
    guard let descriptor = try descriptor(of: path) else { return nil }
    let oversize: Int
    do throws(FileError) {
      let file = try BinaryFile(adopting: descriptor, path: place(path))
      if file.byteCount <= limit { return try file.contents() }
      oversize = file.byteCount
    } catch {
      throw RunStoreError(error.problem, at: error.path, remedy: Remedy.restore)
    }
    throw oversized(path, byteCount: oversize, limit: limit)
  }

  func exists(_ path: [String]) throws(RunStoreError) -> Bool {
    guard let descriptor = try descriptor(of: path) else { return false }
    close(descriptor)
    return true
  }

  /// Opens a file; nil when it does not exist.
  private func descriptor(of path: [String]) throws(RunStoreError) -> Int32? {
    var folder = root
    defer { if folder != root { close(folder) } }
    for step in 1..<path.count {
      guard let inner = try descend(into: Array(path[..<step]), from: folder, O_DIRECTORY) else { return nil }
      if folder != root { close(folder) }
      folder = inner
    }
    // A pipe in place of a file must not make the reader wait.
    return try descend(into: path, from: folder, O_NONBLOCK)
  }

  /// Opens the last name of `path` in `folder`; nil when it does not exist.
  private func descend(into path: [String], from folder: Int32, _ flags: Int32) throws(RunStoreError) -> Int32? {
    let name = path[path.count - 1]
    let descriptor = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | flags)
    if descriptor >= 0 { return descriptor }
    let code = errno
    if code == ENOENT { return nil }
    var status = stat()
    if fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0, status.st_mode & S_IFMT == S_IFLNK {
      throw RunStoreError(
        "is a symbolic link, which could lead out of the store", at: place(path), remedy: Remedy.selfContained)
    }
    errno = code
    throw failure("opened", path)
  }

  private func failure(_ action: String, _ path: [String]) -> RunStoreError {
    RunStoreError(
      "cannot be \(action): \(String(cString: strerror(errno)))", at: place(path), remedy: Remedy.room)
  }
}
