/// Makes a run of a table of comma-separated values and a mapping.
///
/// The table is read twice: first for its times and entities, then for its samples. A sample that no row gives is missing;
/// so are empty fields, `nan`, infinities, the mapping's own texts, and blank values.
///
/// The table of labels has the columns `start` and `end` (times in the format of the table; the end is exclusive),
/// `entity` and `kind`, and may have `layer`, `channels` (separated by blanks) and `benign` (`true` or `false`;
/// where it is empty, kinds that begin with `benign:` are benign).
public struct CSVImporter: RunImporter {
  /// More samples than any table of this kind has: what bounds memory against a wrong interval or a wild time.
  static let sampleLimit = 1 << 30

  public let mapping: CSVMapping
  /// The path of the table, gzip or plain.
  public let table: String
  /// The table itself, where it is in memory.
  private let bytes: [UInt8]?

  public init(mapping: CSVMapping, table: String) { (self.mapping, self.table, bytes) = (mapping, table, nil) }

  /// Reads a table in memory; `source` stands for its path.
  public init(mapping: CSVMapping, bytes: [UInt8], source: String) {
    (self.mapping, table, self.bytes) = (mapping, source, bytes)
  }

  public var runNames: [String] { [mapping.name ?? fileName] }

  /// The name of the file without `.csv`, `.gz`.
  private var fileName: String {
    var name = table.split(separator: "/").last ?? "run"
    for suffix in [".gz", ".csv", ".tsv"] where name.hasSuffix(suffix) { name = name.dropLast(suffix.count) }
    return name.isEmpty ? "run" : String(name)
  }

  public func run(named name: String) throws(TelemetryFileError) -> Run {
    try requireName(name, in: table)
    let clock = try TableClock(try open(), mapping)
    var grid = try TableGrid(clock, mapping, source: table)
    try grid.fill(try open())
    let labels = try mapping.labels.map { (path) throws(TelemetryFileError) in
      try LabelTable.read(try CSVReader(contentsOf: path), clock: clock, format: mapping.timeFormat)
    }
    let trainingEnd = mapping.trainingFraction.map { Int((Double(clock.sampleCount) * $0).rounded()) }
    return Run(
      name: name, start: clock.start, interval: mapping.interval, sampleCount: clock.sampleCount,
      layers: grid.layers(), labels: labels ?? [], split: trainingEnd.map(RunSplit.init),
      provenance: ["importer": "csv", "source": fileName])
  }

  private func open() throws(TelemetryFileError) -> CSVReader {
    var options = CSVReader.Options()
    options.separator = mapping.separator
    if let bytes { return try CSVReader(bytes, source: table, options: options) }
    return try CSVReader(contentsOf: table, options: options)
  }
}
