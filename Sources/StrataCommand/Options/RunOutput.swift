import Strata

/// Writes runs to where a user wants them.
enum RunOutput {
  /// Refuses before work begins what would be refused after it, and creates the folder that the run goes to.
  static func check(_ path: String, overwrite: Bool) throws {
    if !overwrite { try refuseExisting(path) }
    try OutputFolder.createParent(of: path)
  }

  /// Writes one run as a store. Once it has begun, an interruption does not keep the store from being completed.
  static func write(_ run: Run, to path: String, overwrite: Bool) throws {
    try check(path, overwrite: overwrite)
    Interruption.noteSignals()
    defer { Interruption.restoreSignals() }
    try OutputFailure.translating(path) { try RunStore.write(run, to: path, replacing: overwrite) }
    try Interrupted.check(remedy: "'\(path)' is complete")
  }

  /// - Throws: `OutputExists` when there is something at `path`.
  static func refuseExisting(_ path: String) throws {
    guard (try? MissingInput.require(path)) == nil else {
      throw OutputExists(path: path, remedy: "choose another --output, or add --overwrite")
    }
  }
}
