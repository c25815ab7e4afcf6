import Foundation

/// A folder for the files of one test; removed with everything in it when the test ends.
final class TemporaryFolder {
  let path: String

  init() {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("strata-\(UUID().uuidString)").path
    try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of `name` in the folder.
  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// The names in the folder or in one inside it, sorted.
  func names(in folder: String = "") -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []).sorted()
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: self(name)))
  }

  func bytes(of name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: self(name)))) }

  /// Replaces text in a file; the text must be there.
  func edit(_ name: String, _ old: String, _ new: String) throws {
    let text = String(decoding: try bytes(of: name), as: UTF8.self)
    guard text.contains(old) else { throw EditError(text: text) }
    try write(Array(text.replacingOccurrences(of: old, with: new).utf8), to: name)
  }

  struct EditError: Error { let text: String }
}
