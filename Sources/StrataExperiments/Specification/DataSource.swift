public import StrataTelemetry

/// A public data set of an experiment, and where it lies below the folder of all data.
public struct DataSource: Hashable, Sendable {
  public let name: String
  /// One of the formats that `DataSetFormat` knows.
  public let format: String
  public let folder: String
  /// The channel, as `layer/name`, whose period sets the longest window of the volumes under the surface.
  public let periodChannel: String

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    name = try node.string("name")
    format = try node.choice("format", among: DataSetFormat.names)
    folder = try node.string("folder")
    periodChannel = try node.string("periodChannel")
  }

  /// Reads every run of the data set.
  ///
  /// - Parameters:
  ///   - root: The folder that holds all data sets.
  ///   - threads: How many threads work; the result does not depend on it.
  public func load(from root: String, threads: Int) throws(TelemetryFileError) -> [Run] {
    let path = root.hasSuffix("/") ? root + folder : "\(root)/\(folder)"
    return try DataSetFormat.importer(of: format, in: path).runs(threads: threads)
  }
}
