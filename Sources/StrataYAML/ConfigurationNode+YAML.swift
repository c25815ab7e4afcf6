public import StrataTelemetry

extension ConfigurationNode {
  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: A YAML or JSON file of at most 16 MiB.
  ///   - overrides: `outer.inner=value` settings that replace or add values, in order.
  /// - Throws: `ConfigurationError` when the file cannot be read, is not one YAML document or gives a key twice, or
  ///   when an override names a place that cannot exist.
  public convenience init(contentsOf path: String, overriding overrides: [String] = []) throws(ConfigurationError) {
    try self.init(ConfigurationTree(contentsOf: path), overriding: overrides)
  }

  /// Reads a text in YAML or JSON.
  ///
  /// - Parameters:
  ///   - text: The document.
  ///   - source: What errors call it.
  ///   - overrides: `outer.inner=value` settings that replace or add values, in order.
  /// - Throws: `ConfigurationError`, as for a file.
  public convenience init(
    parsing text: String, source: String, overriding overrides: [String] = []
  ) throws(ConfigurationError) {
    try self.init(ConfigurationTree(parsing: text, source: source), overriding: overrides)
  }

  private convenience init(_ tree: ConfigurationTree, overriding overrides: [String]) throws(ConfigurationError) {
    var tree = tree
    for override in overrides { try tree.apply(override: override) }
    self.init(tree)
  }
}
