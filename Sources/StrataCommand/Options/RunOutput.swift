import Strata

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Writes runs to where a user wants them.
enum RunOutput {
  /// Refuses before work begins what would be refused after it; makes nothing.
  static func check(_ path: String, overwrite: Bool) throws {
    if overwrite { try requireReplaceable(path) } else { try refuseExisting(path) }
    try OutputFolder.requireParent(of: path)
  }

  /// Refuses before work begins what would be refused of a file after it; makes nothing.
  static func checkFile(_ path: String, overwrite: Bool) throws {
    if !overwrite { try refuseExisting(path) }
    var isFolder = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder {
      throw OutputExists.foreign(path)
    }
    try OutputFolder.requireParent(of: path)
  }

  /// Writes one run as a store. Once it has begun, an interruption does not keep the store from being completed.
  static func write(_ run: Run, to path: String, overwrite: Bool) throws {
    try check(path, overwrite: overwrite)
    try OutputFolder.createParent(of: path)
    Interruption.noteSignals()
    defer { Interruption.restoreSignals() }
    try OutputFailure.translating(path) { try RunStore.write(run, to: path, replacing: overwrite) }
    try Interrupted.check(remedy: "'\(path)' is complete")
  }

  /// - Throws: `OutputExists` when there is something at `path`.
  private static func refuseExisting(_ path: String) throws {
    guard !FileManager.default.fileExists(atPath: path) else {
      throw OutputExists(path: path, remedy: "choose another --output, or add --overwrite")
    }
  }

  /// - Throws: `OutputExists` when there is something at `path` that is no run store, or holds more than one.
  static func requireReplaceable(_ path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    if FileManager.default.fileExists(atPath: "\(path)/zarr.json") {
      try OutputExists.refuseForeignFiles(in: path, besides: RunStore.filePatterns)
    }
    guard (try? RunStore.requireReplaceable(path)) != nil else { throw OutputExists.foreign(path) }
  }
}
