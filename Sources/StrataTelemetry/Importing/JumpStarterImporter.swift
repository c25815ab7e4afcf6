/// Imports the services of a content platform that were published with JumpStarter ("Dataset2" and "Dataset3").
///
/// One run per service, the entity `jumpstarter/<service>`, one sample per five minutes: the training half, then the test
/// half. The publishers withheld the names of the metrics; they are called and placed as those of ASD without a table (see
/// ``ASDImporter``). Values are in the metrics' own units, which differ by nine orders of magnitude. Labels are the runs of
/// ones in `test_label`; nobody says which metrics show them.
///
/// Reference: Ma et al., "Jump-Starting Multivariate Time Series Anomaly Detection for Online Service Systems", USENIX ATC
/// 2021.
public struct JumpStarterImporter: DataSetImporter {
  public static let format = "jumpstarter"

  private let halves: LabelledHalves

  /// - Throws: ``TelemetryFileError`` when the folder does not have the layout.
  public init(folder: String) throws(TelemetryFileError) {
    let content = try TrainTestFolder(folder, expectation: "train/<service>.csv or .csv.gz, test/ and test_label/")
    halves = LabelledHalves(
      folder: content, table: try content.unnamedChannels(), dataSet: "jumpstarter", interval: 300,
      endIsInclusive: nil)
  }

  public var runNames: [String] { halves.folder.names }

  public func run(named name: String) throws(TelemetryFileError) -> Run {
    try requireName(name, in: halves.folder.path)
    return try halves.run(named: name)
  }
}
