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

  /// Runs `body` with the path of an empty folder, which then takes its place.
  ///
  /// Whatever `body` throws, nothing is left behind.
  func write<Result>(_ body: (_ aside: String) throws -> Result) throws -> Result {
    let files = FileManager.default
    let parent = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let aside = "\(parent).\(name).partial"
    do {
      if files.fileExists(atPath: aside) { try files.removeItem(atPath: aside) }
      try files.createDirectory(atPath: aside, withIntermediateDirectories: true)
    } catch { throw OutputFailure(path: aside, problem: "cannot be created") }
    do {
      let result = try body(aside)
      try putInPlace(aside)
      return result
    } catch {
      try? files.removeItem(atPath: aside)
      throw error
    }
  }

  private func putInPlace(_ aside: String) throws {
    do {
      if replaces { try FileManager.default.removeItem(atPath: path) }
      try FileManager.default.moveItem(atPath: aside, toPath: path)
    } catch { throw OutputFailure(path: path, problem: "cannot be put in place") }
  }
}
