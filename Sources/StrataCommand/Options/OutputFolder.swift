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

  /// - Parameters:
  ///   - marks: Files of which a folder holds one that the command wrote.
  ///   - files: All that the command writes, as patterns (`*/zarr.json`); the marks when not given.
  /// - Throws: `OutputExists` when something is there and `overwrite` does not allow to replace it. Only a folder that
  ///   the command wrote and nobody put anything into, or an empty one, is ever replaced.
  init(_ path: String, overwrite: Bool, marks: [String], files patterns: [String]? = nil) throws {
    self.path = path.withoutTrailingSlashes
    let files = FileManager.default
    replaces = files.fileExists(atPath: self.path)
    guard replaces else { return }
    guard overwrite else { throw OutputExists(path: self.path, remedy: "choose another --output, or add --overwrite") }
    let contents = try? files.contentsOfDirectory(atPath: self.path)
    guard let contents, contents.isEmpty || marks.contains(where: contents.contains) else {
      throw OutputExists.foreign(self.path)
    }
    try OutputExists.refuseForeignFiles(in: self.path, besides: patterns ?? marks)
  }

  /// Checks that the folder around an output is there or can be created; makes nothing.
  ///
  /// - Throws: `OutputFailure`.
  static func requireParent(of path: String) throws {
    var folder = parent(of: path)
    while !FileManager.default.fileExists(atPath: folder) { folder = parent(of: folder) }
    var isFolder = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder,
      FileManager.default.isWritableFile(atPath: folder)
    else { throw OutputFailure(path: path, problem: "the folder '\(folder)' cannot be written to") }
  }

  private static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Creates the folder that an output goes to, and those around it.
  ///
  /// - Throws: `OutputFailure`.
  static func createParent(of path: String) throws {
    let parent = parent(of: path)
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
