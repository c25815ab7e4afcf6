import StrataTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The layout in which SMD, ASD and the data sets of JumpStarter are published: one file per entity in each of `train`,
/// `test`, `test_label` and, where experts said which metrics show an anomaly, `interpretation_label`.
///
/// Series are `.npy` arrays `[row, metric]`, or tables of numbers without a header: `.txt`, `.csv` or `.csv.gz`.
struct TrainTestFolder: Sendable {
  let path: String
  /// The entities with series, by name.
  let names: [String]
  private let files: [String: String]  // the extension of an entity's series

  /// - Parameter expectation: What the folder should look like, for the error when it does not.
  init(_ path: String, expectation: String) throws(TelemetryFileError) {
    let files: [String]
    do { files = try FileManager.default.contentsOfDirectory(atPath: "\(path)/train") } catch {
      throw TelemetryFileError("there is no folder 'train'; expected \(expectation)", source: path)
    }
    var series: [String: String] = [:]
    for file in files.sorted() {
      for suffix in ["txt", "csv.gz", "csv", "npy"] where file.hasSuffix(".\(suffix)") {
        series[String(file.dropLast(suffix.count + 1))] = suffix
      }
    }
    guard !series.isEmpty else {
      throw TelemetryFileError(
        "the folder 'train' has no .npy, .txt or .csv files; expected \(expectation)", source: path)
    }
    (self.path, names, self.files) = (path, series.keys.sorted(), series)
  }

  /// How many metrics the series of an entity have.
  func metricCount(of entity: String) throws(TelemetryFileError) -> Int {
    try series("train", entity, columns: nil).shape[1]
  }

  /// Both halves one after the other, `[row, metric]`, and where the second begins.
  func halves(of entity: String, _ table: ChannelTable) throws(TelemetryFileError) -> (
    values: NDArray, trainingEnd: Int
  ) {
    let train = try series("train", entity, columns: table)
    let test = try series("test", entity, columns: table)
    let values = NDArray([train.shape[0] + test.shape[0], table.entries.count]) { elements in
      train.withElements { _ = elements.initialize(from: $0) }
      test.withElements { _ = UnsafeMutableBufferPointer(rebasing: elements[train.count...]).initialize(from: $0) }
    }
    return (values, train.shape[0])
  }

  /// The path of the file about an entity in one of the folders.
  func file(_ folder: String, _ entity: String, _ suffix: String = "txt") -> String {
    "\(path)/\(folder)/\(entity).\(suffix)"
  }

  /// The path of an entity's labels: with arrays comes a text, with tables a table of the same kind.
  func labelFile(_ entity: String) -> String {
    file("test_label", entity, files[entity]! == "npy" ? "txt" : files[entity]!)
  }

  /// The channels of a data set that withholds the names of its metrics: `metric_01`, `metric_02`, …, all in the layer
  /// `compute`, because any finer placing would be a guess.
  func unnamedChannels() throws(TelemetryFileError) -> ChannelTable {
    let entries = (1...max(try metricCount(of: names[0]), 1)).map { number in
      ChannelTable.Entry(layer: .compute, channel: Channel(name: CSVReader.numberedName(number)))
    }
    return ChannelTable(entries: entries, source: file("train", names[0], files[names[0]]!))
  }

  private func series(
    _ folder: String, _ entity: String, columns table: ChannelTable?
  ) throws(TelemetryFileError) -> NDArray {
    let path = file(folder, entity, files[entity]!)
    let array =
      if path.hasSuffix(".npy") { try NumPyArray.read(path) } else { try Self.numbers(path, columns: table) }
    guard array.shape.rank == 2, array.shape[0] > 0 else {
      throw TelemetryFileError("has shape \(array.shape), expected [row, metric]", source: path)
    }
    if let table, array.shape[1] != table.entries.count {
      throw TelemetryFileError(
        "has \(array.shape[1]) metrics, expected \(table.entries.count) as in \(table.source)", source: path)
    }
    return array
  }

  /// A table of numbers without a header.
  private static func numbers(_ path: String, columns table: ChannelTable?) throws(TelemetryFileError) -> NDArray {
    var options = CSVReader.Options()
    if let table {
      options.columns = table.entries.map(\.channel.name)
    } else {
      options.columns = try CSVReader.numberedColumns(of: path)
    }
    var reader = try CSVReader(contentsOf: path, options: options)
    var numbers: [Float] = []
    while try reader.advance() {
      for column in reader.columns.indices { numbers.append(try reader.float(column)) }
    }
    return NDArray([numbers.count / reader.columns.count, reader.columns.count], numbers)
  }
}

extension CSVReader {
  /// Names `metric_01`, `metric_02`, … for the fields of a file without a header.
  static func numberedColumns(of path: String) throws(TelemetryFileError) -> [String] {
    var scanner = try RecordScanner(
      ByteStream(contentsOf: path), source: path, separator: UInt8(ascii: ","), recordLimit: Options().recordLimit)
    guard try scanner.advance() else { throw TelemetryFileError("is empty", source: path) }
    return (1...scanner.fieldCount).map(numberedName)
  }

  /// `metric_07`: what a metric without a name is called.
  static func numberedName(_ number: Int) -> String { "metric_" + padded(number, to: 2) }
}
