public import Foundation

/// A folder for the files of one test; removed with everything in it when the test ends.
///
/// A class, because the folder goes away with its last user.
public final class TemporaryFolder {
  public let path: String

  public init() {
    path = FileManager.default.temporaryDirectory.appending(path: "strata-\(UUID().uuidString)").path
    try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of `name` in the folder.
  public func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// The names in the folder or in one inside it, sorted.
  public func names(in folder: String = "") -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: self(folder))) ?? []).sorted()
  }

  public func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: self(name)) }

  /// Writes a file, with the folders around it.
  public func write(_ data: Data, to name: String) throws { try TestSupport.write(data, to: self(name)) }
  public func write(_ bytes: [UInt8], to name: String) throws { try write(Data(bytes), to: name) }
  public func write(_ text: String, to name: String) throws { try write(Data(text.utf8), to: name) }

  public func data(of name: String) throws -> Data { try Data(contentsOf: URL(filePath: self(name))) }
  public func bytes(of name: String) throws -> [UInt8] { [UInt8](try data(of: name)) }
  public func text(of name: String) throws -> String { String(decoding: try data(of: name), as: UTF8.self) }

  /// Replaces text in a file; the text must be there.
  public func edit(_ name: String, _ old: String, _ new: String) throws {
    let text = try text(of: name)
    guard text.contains(old) else { throw EditError(text: text) }
    try write(text.replacingOccurrences(of: old, with: new), to: name)
  }

  struct EditError: Error { let text: String }
}

/// Calls `body` with the path of an empty folder, which is removed afterwards.
public func withTemporaryFolder<R>(_ body: (String) throws -> R) throws -> R {
  let folder = TemporaryFolder()
  return try withExtendedLifetime(folder) { try body(folder.path) }
}

/// Writes a text file, with the folders around it.
public func write(_ text: String, to path: String) throws { try write(Data(text.utf8), to: path) }

private func write(_ data: Data, to path: String) throws {
  let url = URL(filePath: path)
  try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
  try data.write(to: url)
}
