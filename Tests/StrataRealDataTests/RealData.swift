import Foundation

/// The public data sets, which are not part of this project.
enum RealData {
  struct NotFound: Error, CustomStringConvertible { let description: String }

  /// The folder of one data set.
  ///
  /// - Throws: ``NotFound`` when the environment does not say where the data is, or it is not there: these tests never skip
  ///   themselves.
  static func folder(_ name: String) throws -> String {
    guard let root = ProcessInfo.processInfo.environment["STRATA_DATA"], !root.isEmpty else {
      throw NotFound(description: "STRATA_DATA is not set: name the folder that holds the data sets (make verify does)")
    }
    let folder = "\(root)/\(name)"
    guard FileManager.default.fileExists(atPath: folder) else {
      throw NotFound(description: "STRATA_DATA=\(root) has no folder '\(name)'")
    }
    return folder
  }

  /// The lines of a small file of a data set, without empty ones.
  static func lines(_ path: String) throws -> [String] {
    try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline).map(String.init)
  }
}
