import Foundation

/// Where a made-up file of this target lies.
func fixture(_ path: String) -> String { Bundle.module.bundleURL.appendingPathComponent("Fixtures/\(path)").path }

/// The bytes of a made-up file of this target.
func fixtureBytes(_ path: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: URL(fileURLWithPath: fixture(path))))
}

/// Runs `body` with a copy of a fixture folder that it may change, and removes the copy.
func withCopy<R>(of folder: String, _ body: (_ path: String) throws -> R) throws -> R {
  let copy = FileManager.default.temporaryDirectory.appendingPathComponent("strata-\(UUID().uuidString)")
  try FileManager.default.copyItem(atPath: fixture(folder), toPath: copy.path)
  defer { try? FileManager.default.removeItem(at: copy) }
  return try body(copy.path)
}

/// Replaces the text of a file.
func write(_ text: String, to path: String) throws {
  try Data(text.utf8).write(to: URL(fileURLWithPath: path))
}
