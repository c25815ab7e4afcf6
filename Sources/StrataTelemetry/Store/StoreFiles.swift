/// Where the files of a store come from.
protocol StoreFiles: Sendable {
  /// What errors call the store.
  var source: String { get }

  /// The bytes of a file, or nil when there is none.
  ///
  /// - Parameters:
  ///   - path: Names made by the reader, never by the store's metadata.
  ///   - limit: The size above which the file is refused unread.
  func contents(of path: [String], limit: Int) throws(RunStoreError) -> [UInt8]?

  /// Whether there is a file.
  func exists(_ path: [String]) throws(RunStoreError) -> Bool
}

extension StoreFiles {
  /// The name of a file in errors.
  func place(_ path: [String]) -> String { ([source] + path).joined(separator: "/") }

  func oversized(_ path: [String], byteCount: Int, limit: Int) -> RunStoreError {
    RunStoreError(
      "takes \(byteCount) bytes, its contents can need \(limit) at most", at: place(path), remedy: Remedy.restore)
  }

  /// The bytes of a file that must be there.
  func requiredContents(of path: [String], limit: Int) throws(RunStoreError) -> [UInt8] {
    guard let bytes = try contents(of: path, limit: limit) else {
      throw RunStoreError("does not exist", at: place(path), remedy: Remedy.restore)
    }
    return bytes
  }
}

/// The files of a store held in memory, by their path.
struct MemoryFiles: StoreFiles {
  let source: String
  let files: [String: [UInt8]]

  func contents(of path: [String], limit: Int) throws(RunStoreError) -> [UInt8]? {
    guard let bytes = files[path.joined(separator: "/")] else { return nil }
    guard bytes.count <= limit else { throw oversized(path, byteCount: bytes.count, limit: limit) }
    return bytes
  }

  func exists(_ path: [String]) -> Bool { files[path.joined(separator: "/")] != nil }
}
