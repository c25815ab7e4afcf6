/// Makes a run of a table of comma-separated values and a mapping.
///
/// The table is read twice: first for its times and entities, then for its samples. A sample that no row gives is missing;
/// empty fields, `nan`, infinities, the mapping's own texts, and blank values give none. Rows of one entity in one sample
/// are joined; two values of one channel are an error, or the later one counts (``CSVMapping/DuplicateTreatment``). A
/// number may have its unit behind it (`250.00 W`) when all rows of the column have the same one.
///
/// The table of labels has the columns `start` and `end` (times in the format of the table; the end is exclusive),
/// `entity` and `kind`, and may have `layer`, `channels` (separated by blanks) and `benign` (`true` or `false`;
/// where it is empty, kinds that begin with `benign:` are benign). It must name entities of the table, or what encloses
/// them, and channels that the mapping makes.
public struct CSVImporter: RunImporter {
  /// More samples than any table of this kind has: what bounds memory against a wrong interval or a wild time.
  static let sampleLimit = 1 << 30

  public let mapping: CSVMapping
  /// The path of the table: plain, gzip or zstd.
  public let table: String
  /// The table itself, where it is in memory.
  private let bytes: [UInt8]?

  public init(mapping: CSVMapping, table: String) { (self.mapping, self.table, bytes) = (mapping, table, nil) }

  /// Reads a table in memory, such as what came through a pipe; `source` stands for its path.
  public init(mapping: CSVMapping, bytes: [UInt8], source: String) {
    (self.mapping, table, self.bytes) = (mapping, source, bytes)
  }

  public var runNames: [String] { [mapping.name ?? fileName] }

  /// The name of the file without `.csv`, `.gz`, `.zst`.
  private var fileName: String {
    var name = table.split(separator: "/").last ?? "run"
    for suffix in [".gz", ".zst", ".csv", ".tsv"] where name.hasSuffix(suffix) { name = name.dropLast(suffix.count) }
    return name.isEmpty ? "run" : String(name)
  }

  public func run(named name: String) throws(TelemetryFileError) -> Run {
    try requireName(name, in: table)
    return try imported().run
  }

  /// Reads the table, and says what became of its rows.
  public func imported() throws(TelemetryFileError) -> TableImport {
    let clock = try TableClock(try open(), mapping)
    var grid = try TableGrid(clock, mapping, source: table)
    try grid.fill(try open())
    let layers = grid.layers()
    let labels = try mapping.labels.map { (path) throws(TelemetryFileError) in
      try LabelTable(layers, clock, mapping.timeFormat).read(try CSVReader(contentsOf: path))
    }
    let trainingEnd = mapping.trainingFraction.map { Int((Double(clock.sampleCount) * $0).rounded()) }
    let run = Run(
      name: runNames[0], start: clock.start, interval: mapping.interval, sampleCount: clock.sampleCount,
      layers: layers, labels: labels ?? [], split: trainingEnd.map(RunSplit.init),
      provenance: ["importer": "csv", "source": fileName])
    return TableImport(
      run: run, replacedRowCount: grid.replacedRowCount, rowSpacing: grid.spacing.median, oddities: grid.oddities)
  }

  private func open() throws(TelemetryFileError) -> CSVReader {
    var options = CSVReader.Options()
    options.separator = mapping.separator
    if let bytes { return try CSVReader(bytes, source: table, options: options) }
    guard isReadableTwice(table) else {
      throw TelemetryFileError("is a pipe, and a table is read twice; write it to a file first", source: table)
    }
    return try CSVReader(contentsOf: table, options: options)
  }
}
