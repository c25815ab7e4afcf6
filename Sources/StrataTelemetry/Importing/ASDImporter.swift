/// Imports the Application Server Dataset.
///
/// One run per server, the entity `asd/<server>`, one sample per five minutes: the training half, then the test half. The
/// publishers withheld the names of the metrics and say only that they are of CPU, memory, network and virtual machine, so
/// there is no table of layers to follow. The channels are called `metric_01`, `metric_02`, …, have the meaning `other`,
/// and are all placed in the layer `compute`: any finer placing would be a guess. Somebody who knows better gives a table
/// `channels.csv` (`index,name,layer,kind`, as of SMD), in the folder or by its path. Labels are the runs of ones in
/// `test_label`, with culprit channels from `interpretation_label`, whose segments include their end here and whose
/// dimensions are counted from one; the kind is `anomaly:` and the type in `anomaly_type.csv` (metric, temporal or
/// metric-temporal), or `anomaly`.
///
/// Reference: Li et al., "Multivariate Time Series Anomaly Detection and Interpretation using Hierarchical Inter-Metric and
/// Temporal Embedding", KDD 2021.
public struct ASDImporter: DataSetImporter {
  public static let format = "asd"

  private struct Place: Hashable {
    let server: String
    let segment: String
  }

  private let halves: LabelledHalves
  private let types: [Place: String]

  /// Opens a data set whose channels are those of `channels.csv`, or placed as above.
  ///
  /// - Throws: ``TelemetryFileError`` when the folder does not have the layout or a table cannot be read.
  public init(folder: String) throws(TelemetryFileError) { try self.init(folder: folder, channels: nil) }

  /// - Parameters:
  ///   - folder: The folder of the data set.
  ///   - channels: A table of the channels; `nil` for `channels.csv` in the folder, or the placing above without one.
  /// - Throws: ``TelemetryFileError`` when the folder does not have the layout or a table cannot be read.
  public init(folder: String, channels: String?) throws(TelemetryFileError) {
    let content = try TrainTestFolder(
      folder, expectation: "train/<server>.npy or .txt, test/, test_label/, interpretation_label/")
    let inside = fileExists("\(folder)/channels.csv") ? "\(folder)/channels.csv" : nil
    let table: ChannelTable
    if let path = channels ?? inside {
      table = try ChannelTable(contentsOf: path) { _ in .other }
    } else {
      table = try content.unnamedChannels()
    }
    halves = LabelledHalves(folder: content, table: table, dataSet: "asd", interval: 300, endIsInclusive: true)
    types = try Self.types(in: "\(folder)/anomaly_type.csv")
  }

  public var runNames: [String] { halves.folder.names }

  public func run(named name: String) throws(TelemetryFileError) -> Run {
    try requireName(name, in: halves.folder.path)
    return try halves.run(named: name) { segment in
      let type = segment.flatMap { types[Place(server: name, segment: $0)] }
      return type.map { "anomaly:\($0)" } ?? "anomaly"
    }
  }

  /// The type of each segment; none when there is no such file.
  private static func types(in path: String) throws(TelemetryFileError) -> [Place: String] {
    guard fileExists(path) else { return [:] }
    var reader = try CSVReader(contentsOf: path)
    let (server, segment) = (try reader.column("dataset"), try reader.column("anomaly_segment"))
    let type = try reader.column("anomaly_type")
    var types: [Place: String] = [:]
    while try reader.advance() {
      types[Place(server: try reader.text(server), segment: try reader.text(segment))] = try reader.text(type)
    }
    return types
  }
}
