import ArgumentParser
import Strata

struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Bring telemetry from files into run stores.",
    discussion: """
      A run store is a folder in Zarr v3 that 'xarray.open_zarr' opens as it is. The public data sets become one store \
      per recording inside the output folder; every other command takes such a folder as well as a single store.

      Examples:
        strata import smd ServerMachineDataset --output smd
        strata import csv metrics.csv.gz --mapping mapping.yaml --output metrics.zarr
      """,
    subcommands: [
      ImportSMD.self, ImportASD.self, ImportJumpStarter.self, ImportLDMS.self, ImportCSV.self,
    ])
}

/// What the importers of public data sets share.
struct DataSetOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("The folder of the data set.", valueName: "path"), completion: .directory)
  var path: String
  @Option(
    help: ArgumentHelp("The folder to write the run stores to.", valueName: "folder"), completion: .directory,
    transform: OutputPath.read)
  var output: String
  @Option(
    name: .customLong("run"), help: ArgumentHelp("Import only this recording; may be repeated.", valueName: "name"))
  var runs: [String] = []
  @Flag(help: "Replace the run stores that are there.") var overwrite = false

  /// Reads and writes one recording after the other; all appear together.
  func write(_ importer: some RunImporter, logs: LogOptions) throws {
    let known = importer.runNames
    for name in runs where !known.contains(name) {
      throw InvalidInput("\(path): has no recording '\(name)'\(Suggestion.clause(for: name, among: known))")
    }
    let names = runs.isEmpty ? known : runs
    let stores = names.map { "\($0).zarr" }
    let folder = try OutputFolder(
      output, overwrite: overwrite, marks: known.map { "\($0).zarr" },
      files: RunStore.filePatterns.map { "*.zarr/\($0)" })
    try folder.write { aside in
      for (name, store) in zip(names, stores) {
        let run = try importer.run(named: name)
        try OutputFailure.translating(output) { try RunStore.write(run, to: "\(aside)/\(store)") }
        logs.info("\(name): \(run.sampleCount) samples, \(run.labels.count) labels, \(Self.missing(run))")
        try Interrupted.check(remedy: "nothing was kept")
      }
    }
    logs.info("wrote \(names.count) run stores: \(output)")
  }

  /// The share of samples that are missing, in words.
  static func missing(_ run: Run) -> String {
    "\(NumberText.fixed(run.missingShare * 100, decimals: 2)) % missing"
  }
}

/// The import of one public data set.
protocol DataSetCommand: LoggingCommand {
  var data: DataSetOptions { get }
  func importer() throws -> any RunImporter
}

extension DataSetCommand {
  func run() throws {
    try MissingInput.require(data.path)
    try data.write(importer(), logs: logs)
  }
}

struct ImportSMD: DataSetCommand {
  static let configuration = CommandConfiguration(
    commandName: "smd", abstract: "The Server Machine Dataset (Su et al., 2019).")

  @OptionGroup var data: DataSetOptions
  @OptionGroup var logs: LogOptions

  func importer() throws -> any RunImporter { try SMDImporter(folder: data.path) }
}

struct ImportASD: DataSetCommand {
  static let configuration = CommandConfiguration(
    commandName: "asd", abstract: "The Application Server Dataset (Li et al., 2021).")

  @OptionGroup var data: DataSetOptions
  @Option(
    help: ArgumentHelp(
      "A table of the channels (index,name,layer,kind), since the data set does not say what they are.",
      valueName: "file"), completion: .file(extensions: ["csv"]))
  var channels: String?
  @OptionGroup var logs: LogOptions

  func importer() throws -> any RunImporter { try ASDImporter(folder: data.path, channels: channels) }
}

struct ImportJumpStarter: DataSetCommand {
  static let configuration = CommandConfiguration(
    commandName: "jumpstarter", abstract: "Services published with JumpStarter (Ma et al., 2021).")

  @OptionGroup var data: DataSetOptions
  @OptionGroup var logs: LogOptions

  func importer() throws -> any RunImporter { try JumpStarterImporter(folder: data.path) }
}

struct ImportLDMS: DataSetCommand {
  static let configuration = CommandConfiguration(
    commandName: "ldms", abstract: "Recordings of HPC nodes by LDMS with anomalies by HPAS (Ates et al., 2019).")

  @OptionGroup var data: DataSetOptions
  @OptionGroup var logs: LogOptions

  func importer() throws -> any RunImporter { try LDMSImporter(folder: data.path) }
}

struct ImportCSV: LoggingCommand {
  static let configuration = CommandConfiguration(
    commandName: "csv", abstract: "Any table of comma-separated values, with a file that says what its columns are.",
    discussion: """
      The mapping names the column of times, the entity of a row, and for each column its layer, kind, unit and \
      meaning:

        interval: 15
        time: {column: timestamp, format: iso8601}
        entity: {column: host, inside: c0}
        channels:
          - {column: temp, layer: physical, unit: Cel, meaning: heat}
          - {column: rx_bytes, layer: data, kind: counter, unit: By, meaning: traffic}
        training: 0.5

      A column that the mapping neither uses nor lists under 'ignore' is an error. Rows of one entity and time are \
      joined; a second value of one channel is an error, or replaces the first under 'duplicates: last'. A table of \
      which one gap in time would make nearly everything missing is refused, unless 'sparse: true' is set.
      """)

  @Argument(
    help: ArgumentHelp("The table, plain, gzip or zstd; '-' is standard input.", valueName: "path"),
    completion: .file())
  var path: String
  @Option(
    help: ArgumentHelp("What the columns are, in YAML.", valueName: "file"), completion: .file(extensions: ["yaml"]))
  var mapping: String
  @Option(
    help: ArgumentHelp("The run store to write.", valueName: "store"), completion: .directory,
    transform: OutputPath.read)
  var output: String
  @Option(help: "What the run is called; by default what the mapping says, or the name of the table.") var name: String?
  @Flag(help: "Replace a run store that is there.") var overwrite = false
  @OptionGroup var logs: LogOptions

  func validate() throws {
    if let name, name.isEmpty { throw ValidationError("--name must not be empty.") }
  }

  func run() throws {
    try RunOutput.check(output, overwrite: overwrite)
    let path = PipedInput.path(path)
    try MissingInput.require(path)
    var mapping = try CSVMapping(contentsOf: mapping)
    mapping.name = name ?? mapping.name
    let importer =
      if let bytes = try PipedInput.contents(of: path, logs: logs) {
        CSVImporter(mapping: mapping, bytes: bytes, source: path)
      } else {
        CSVImporter(mapping: mapping, table: path)
      }
    let imported = try importer.imported()
    let run = imported.run
    try RunOutput.write(run, to: output, overwrite: overwrite)
    for note in imported.notes { logs.warning("\(path): \(note)") }
    logs.info(
      "\(run.name): \(run.sampleCount) samples, \(run.entities.count) entities, \(DataSetOptions.missing(run)): \(output)"
    )
  }
}
