/// Imports the Server Machine Dataset.
///
/// One run per machine, the entity `smd/<machine>`, one sample per minute: the training half, then the test half. Layers
/// and channel names are those of `channels.csv` in the folder of the data set (`index,name,layer,kind`); the meaning of a
/// channel follows from its name. Labels are the runs of ones in `test_label`, with the culprit channels that
/// `interpretation_label` names: segments exclude their end there, and dimensions are counted from one. Values are as
/// published: scaled to [0, 1] per machine, so their unit is `1`.
///
/// Reference: Su et al., "Robust Anomaly Detection for Multivariate Time Series through Stochastic Recurrent Neural
/// Network", KDD 2019.
public struct SMDImporter: DataSetImporter {
  public static let format = "smd"

  private let halves: LabelledHalves

  /// - Throws: ``TelemetryFileError`` when the folder does not have the layout or `channels.csv` cannot be read.
  public init(folder: String) throws(TelemetryFileError) {
    let content = try TrainTestFolder(
      folder,
      expectation: "train/<machine>.npy or .txt, test/, test_label/, interpretation_label/ and channels.csv")
    let table = try ChannelTable(contentsOf: "\(folder)/channels.csv", meaning: Self.meaning)
    halves = LabelledHalves(folder: content, table: table, dataSet: "smd", interval: 60, endIsInclusive: false)
  }

  public var runNames: [String] { halves.folder.names }

  public func run(named name: String) throws(TelemetryFileError) -> Run {
    try requireName(name, in: halves.folder.path)
    return try halves.run(named: name)
  }

  /// What a metric of a server says, by the words in its name; the first that fits.
  private static func meaning(of name: String) -> Channel.Meaning {
    let words: [(String, Channel.Meaning)] = [
      ("err", .error), ("rst", .error), ("overflow", .error), ("timeout", .error), ("retrans", .error),
      ("mem", .memory), ("cpu", .work), ("load", .work), ("disk_q", .wait), ("disk_svc", .wait), ("disk_wa", .wait),
      ("disk_u", .work), ("disk", .traffic), ("eth", .traffic), ("seg", .traffic), ("dg", .traffic),
      ("opens", .traffic), ("estab", .traffic), ("tcp", .traffic),
    ]
    // Pages swapped in and out.
    if name == "si" || name == "so" { return .memory }
    return words.first { name.contains($0.0) }?.1 ?? .other
  }
}
