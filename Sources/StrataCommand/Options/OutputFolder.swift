import Strata

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A folder that appears whole or not at all: it is written beside its place and renamed.
struct OutputFolder {
  let path: String
  private let replaces: Bool

  /// - Throws: `OutputExists` when something is there and `overwrite` does not allow to replace it. Only a folder that
  ///   holds one of the files `marks`, or nothing, is ever replaced.
  init(_ path: String, overwrite: Bool, marks: [String]) throws {
    var trimmed = path
    while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
    self.path = trimmed
    let files = FileManager.default
    replaces = files.fileExists(atPath: trimmed)
    guard replaces else { return }
    guard overwrite else { throw OutputExists(path: trimmed, remedy: "choose another --output, or add --overwrite") }
    let contents = try? files.contentsOfDirectory(atPath: trimmed)
    guard let contents, contents.isEmpty || marks.contains(where: contents.contains) else {
      throw OutputExists(path: trimmed, remedy: "it is not something this command wrote; choose another --output")
    }
  }

  /// Creates the folder that an output goes to, and those around it.
  ///
  /// - Throws: `OutputFailure`.
  static func createParent(of path: String) throws {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
    let parent = String(path[..<slash])
    do { try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true) } catch {
      throw OutputFailure(path: path, problem: "the folder '\(parent)' cannot be created")
    }
  }

  /// Runs `body` with the path of an empty folder, which then takes its place.
  ///
  /// Whatever `body` throws, nothing is left behind, and nothing after an interruption: signals are noted while the
  /// folder is being filled. A long `body` looks for them with `Interrupted.check`.
  func write<Result>(_ body: (_ aside: String) throws -> Result) throws -> Result {
    try Self.createParent(of: path)
    Interruption.noteSignals()
    defer { Interruption.restoreSignals() }
    let folder = try OutputFailure.translating(path) { try AsideFolder(for: path) }
    let result = try body(folder.path)
    try Interrupted.check(remedy: "nothing was kept")
    do { try folder.complete(replacing: replaces) } catch {
      throw OutputFailure(path: error.path, problem: error.problem)
    }
    return result
  }
}
