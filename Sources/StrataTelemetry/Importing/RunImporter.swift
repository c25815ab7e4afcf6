import StrataTensor

/// A source on disk whose recordings become runs.
public protocol RunImporter: Sendable {
  /// What there is to import, in order.
  var runNames: [String] { get }

  /// Reads one recording.
  ///
  /// - Throws: ``TelemetryFileError`` that names the file, the line where there is one, and what was expected.
  func run(named name: String) throws(TelemetryFileError) -> Run
}

extension RunImporter {
  /// Reads everything; the order and the result do not depend on `threads`.
  public func runs(threads: Int = 1) throws(TelemetryFileError) -> [Run] {
    let names = runNames
    return try parallelMap(count: names.count, threads: threads) { (index) throws(TelemetryFileError) in
      try run(named: names[index])
    }
  }

  /// - Throws: ``TelemetryFileError`` when there is no such recording.
  func requireName(_ name: String, in folder: String) throws(TelemetryFileError) {
    guard !runNames.contains(name) else { return }
    throw TelemetryFileError("has no '\(name)'\(Suggestion.clause(for: name, among: runNames))", source: folder)
  }
}
