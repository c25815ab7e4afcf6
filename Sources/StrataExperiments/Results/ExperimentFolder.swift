import Foundation
import StrataTensor

/// An experiment on disk: `experiment.yaml` and what running it left in `results`.
public struct ExperimentFolder: Sendable {
  public let path: String
  public var name: String { URL(fileURLWithPath: path).lastPathComponent }
  public var specificationPath: String { path + "/experiment.yaml" }

  /// - Throws: ``ExperimentError`` when the folder holds no specification.
  public init(_ path: String) throws(ExperimentError) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    guard FileManager.default.fileExists(atPath: specificationPath) else {
      throw ExperimentError("\(path): there is no experiment.yaml here")
    }
  }

  /// The experiments directly below a folder, by name; the folder itself when it is one.
  public static func all(in path: String) throws -> [ExperimentFolder] {
    if let own = try? ExperimentFolder(path) { return [own] }
    let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    let found = names.compactMap { try? ExperimentFolder("\(path)/\($0)") }
    guard !found.isEmpty else { throw ExperimentError("\(path): no folder here holds an experiment.yaml") }
    return found
  }

  /// Writes a file of results: aside, then renamed.
  func write(_ text: String, as name: String) throws {
    try FileManager.default.createDirectory(atPath: path + "/results", withIntermediateDirectories: true)
    try writeAtomically(Array(text.utf8), to: "\(path)/results/\(name)")
  }

  func read(_ name: String) throws(ExperimentError) -> String {
    let file = "\(path)/results/\(name)"
    guard let data = FileManager.default.contents(atPath: file) else {
      throw ExperimentError("\(file): cannot be read; run 'strata experiment run \(path)' first")
    }
    return String(decoding: data, as: UTF8.self)
  }
}
