import Strata

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A place to write to, as a user types it.
enum OutputPath {
  /// The path without slashes at its end, `~/` being the home folder: a shell leaves it as it is in `--output=~/x`.
  @Sendable static func read(_ text: String) throws -> String {
    guard text.hasPrefix("~") else { return text.withoutTrailingSlashes }
    guard text == "~" || text.hasPrefix("~/"), let home = ProcessInfo.processInfo.environment["HOME"], !home.isEmpty
    else { throw InvalidInput("'~' cannot be resolved; write the folder out, or './\(text)'") }
    return (home + text.dropFirst()).withoutTrailingSlashes
  }
}
