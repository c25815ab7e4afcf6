#if canImport(Glibc)
  import Glibc
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
    source = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
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
    var folder = root
    defer { if folder != root { close(folder) } }
    for step in 1..<path.count {
      guard let inner = try descend(into: Array(path[..<step]), from: folder, O_DIRECTORY) else { return nil }
      if folder != root { close(folder) }
      folder = inner
    }
    // A pipe in place of a file must not make the reader wait.
    guard let file = try descend(into: path, from: folder, O_NONBLOCK) else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw failure("inspected", path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw RunStoreError("is not a regular file", at: place(path), remedy: Remedy.restore)
    }
    guard Int(status.st_size) <= limit else { throw oversized(path, byteCount: Int(status.st_size), limit: limit) }
    guard let bytes = readBytes(of: file, count: Int(status.st_size)) else { throw failure("read", path) }
    return bytes
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
