public import StrataTelemetry

extension CSVMapping {
  /// Reads a mapping file in YAML; its keys stand at `CSVMapping.init(_:folder:)`.
  ///
  /// - Parameters:
  ///   - path: The file; a relative path of labels in it begins where the file lies.
  ///   - overrides: `outer.inner=value` settings that replace or add values, in order.
  /// - Throws: `ConfigurationError` with file and line, for unknown and missing keys too.
  public init(contentsOf path: String, overriding overrides: [String] = []) throws(ConfigurationError) {
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    try self.init(
      ConfigurationNode(contentsOf: path, overriding: overrides),
      folder: folder.isEmpty && path.hasPrefix("/") ? "/" : folder)
  }
}
