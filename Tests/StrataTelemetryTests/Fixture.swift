import Foundation
import TestSupport

/// Where a made-up file of this target lies.
func fixture(_ path: String) -> String { Bundle.module.bundleURL.appendingPathComponent("Fixtures/\(path)").path }

/// The bytes of a made-up file of this target.
func fixtureBytes(_ path: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: URL(fileURLWithPath: fixture(path))))
}

/// Runs `body` with a copy of a fixture folder that it may change, and removes the copy.
func withCopy<R>(of folder: String, _ body: (_ path: String) throws -> R) throws -> R {
  try withTemporaryFolder { place in
    try FileManager.default.copyItem(atPath: fixture(folder), toPath: "\(place)/copy")
    return try body("\(place)/copy")
  }
}

/// Runs a script of the fixtures in Python and returns what it prints.
func runPython(_ script: String, _ arguments: String...) throws -> Data { try python([fixture(script)] + arguments) }
