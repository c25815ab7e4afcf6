import Strata

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The places to which a simulation writes, checked before it begins.
struct RecordOutputs {
  private let outputs: SimulationOutputs
  /// Every place with the option that names it.
  private let places: [(option: String, path: String, isFolder: Bool)]

  init(_ outputs: SimulationOutputs, report: String?, of scenario: Scenario) {
    self.outputs = outputs
    var places: [(String, String, Bool)] = []
    func add(_ option: String, _ path: String?, isFolder: Bool = false) {
      if let path { places.append((option, path, isFolder)) }
    }
    add("--output", outputs.store, isFolder: true)
    add("--openmetrics", outputs.openMetrics)
    for path in outputs.megatronLogs(of: scenario) { add("--megatron-log", path) }
    add("--kernel-log", outputs.kernelLog)
    add("--flight-recorder", outputs.flightRecorder, isFolder: true)
    add("--truth", outputs.truth)
    add("--report", report)
    self.places = places
  }

  /// Refuses what would be refused when the run is over, and creates the folders around the places.
  ///
  /// - Throws: `InvalidInput` when two places are one or lie in each other, `OutputExists`, `OutputFailure`.
  func check() throws {
    for (i, place) in places.enumerated() {
      for other in places[..<i] { try Self.compare(other, place) }
    }
    for place in places {
      try checkExisting(place)
      try OutputFolder.createParent(of: place.path)
      let parent = place.path.lastIndex(of: "/").map { String(place.path[...$0]) } ?? "."
      guard FileManager.default.isWritableFile(atPath: parent) else {
        throw OutputFailure(path: place.path, problem: "the folder '\(parent)' cannot be written to")
      }
    }
  }

  private static func compare(
    _ first: (option: String, path: String, isFolder: Bool), _ second: (option: String, path: String, isFolder: Bool)
  ) throws {
    let (one, two) = (components(first.path), components(second.path))
    if one == two {
      throw InvalidInput(
        "\(first.option) and \(second.option) both name '\(second.path)'; give each a place of its own")
    }
    if two.starts(with: one) {
      throw InvalidInput("\(second.option) names '\(second.path)', which lies in what \(first.option) writes")
    }
    if one.starts(with: two) {
      throw InvalidInput("\(first.option) names '\(first.path)', which lies in what \(second.option) writes")
    }
  }

  private static func components(_ path: String) -> [Substring] {
    let whole = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    var parts: [Substring] = []
    for part in whole.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return parts
  }

  private func checkExisting(_ place: (option: String, path: String, isFolder: Bool)) throws {
    var isFolder: Bool = false
    guard FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder) else { return }
    guard outputs.replaces else {
      throw OutputExists(path: place.path, remedy: "choose another \(place.option), or add --overwrite")
    }
    guard isFolder == place.isFolder else { throw OutputExists.foreign(place.path, option: place.option) }
    switch place.option {
    case "--output": try RunOutput.requireReplaceable(place.path)
    case "--flight-recorder":
      let index = SimulationOutputs.flightRecorderIndex
      let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
      guard names.isEmpty || names.contains(index) else {
        throw OutputExists.foreign(place.path, option: place.option)
      }
      try OutputExists.refuseForeignFiles(in: place.path, besides: [index, "*/*.json"], option: place.option)
    default: break
    }
  }
}
