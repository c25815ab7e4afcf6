import Strata

/// Writes runs to where a user wants them.
enum RunOutput {
  /// Refuses before work begins what would be refused after it.
  static func check(_ path: String, overwrite: Bool) throws {
    if !overwrite { try refuseExisting(path) }
  }

  /// Writes one run as a store.
  static func write(_ run: Run, to path: String, overwrite: Bool) throws {
    try check(path, overwrite: overwrite)
    try OutputFailure.translating(path) { try RunStore.write(run, to: path, replacing: overwrite) }
  }

  private static func refuseExisting(_ path: String) throws {
    guard (try? MissingInput.require(path)) == nil else {
      throw OutputExists(path: path, remedy: "choose another --output, or add --overwrite")
    }
  }
}
