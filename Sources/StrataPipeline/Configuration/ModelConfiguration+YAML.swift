public import StrataModel
public import StrataTelemetry
import StrataYAML

extension ModelConfiguration {
  /// Reads a file that holds nothing but a model.
  ///
  /// - Parameters:
  ///   - path: A YAML or JSON file.
  ///   - overrides: Settings such as `encoder.width=32` that replace those of the file.
  /// - Throws: `ConfigurationError` with file and line for a key that is unknown, missing, of the wrong type or out of
  ///   range, and for settings that contradict each other.
  public init(contentsOf path: String, overriding overrides: [String] = []) throws(ConfigurationError) {
    let root = try ConfigurationNode(contentsOf: path, overriding: overrides)
    try self.init(root)
    try root.finish()
  }
}
