import ArgumentParser
import Strata

struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Bring telemetry from files into run stores.",
    discussion: """
      A run store is a folder in Zarr v3 with a group per layer, which Python opens one by one: \
      xarray.open_zarr("metrics.zarr", group="physical", consolidated=False)["values"]. The public data sets become one \
      store per recording inside the output folder; every other command takes such a folder as well as a single store.

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
  func write(_ importer: some RunImporter, result: FormatOption, logs: LogOptions) throws {
    let known = importer.runNames
    for name in runs where !known.contains(name) {
      throw InvalidInput("\(path): has no recording '\(name)'\(Suggestion.clause(for: name, among: known))")
    }
    let names = runs.isEmpty ? known : runs
    let stores = names.map { "\($0).zarr" }
    let folder = try OutputFolder(
      output, overwrite: overwrite, marks: known.map { "\($0).zarr" },
      files: RunStore.filePatterns.map { "*.zarr/\($0)" })
    var written: [WrittenStore] = []
    try folder.write { aside in
      for (name, store) in zip(names, stores) {
        let run = try importer.run(named: name)
        try OutputFailure.translating(output) { try RunStore.write(run, to: "\(aside)/\(store)") }
        logs.info("\(name): \(run.sampleCount) samples, \(run.labels.count) labels, \(Self.missing(run))")
        written.append(WrittenStore(run, at: "\(output)/\(store)"))
        try Interrupted.check(remedy: "nothing was kept")
      }
    }
    if result.format == .json { try Console.writeJSON(written) }
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
  var result: FormatOption { get }
  func importer() throws -> any RunImporter
}

extension DataSetCommand {
  func run() throws {
    try MissingInput.require(data.path)
    try data.write(importer(), result: result, logs: logs)
  }
}

struct ImportSMD: DataSetCommand {
  static let configuration = CommandConfiguration(
    commandName: "smd", abstract: "The Server Machine Dataset (Su et al., 2019).")

  @OptionGroup var data: DataSetOptions
  @OptionGroup var result: FormatOption
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
  @OptionGroup var result: FormatOption
  @OptionGroup var logs: LogOptions

  func importer() throws -> any RunImporter { try ASDImporter(folder: data.path, channels: channels) }
}

struct ImportJumpStarter: DataSetCommand {
  static let configuration = CommandConfiguration(
    commandName: "jumpstarter", abstract: "Services published with JumpStarter (Ma et al., 2021).")

  @OptionGroup var data: DataSetOptions
  @OptionGroup var result: FormatOption
  @OptionGroup var logs: LogOptions

  func importer() throws -> any RunImporter { try JumpStarterImporter(folder: data.path) }
}

struct ImportLDMS: DataSetCommand {
  static let configuration = CommandConfiguration(
    commandName: "ldms", abstract: "Recordings of HPC nodes by LDMS with anomalies by HPAS (Ates et al., 2019).")

  @OptionGroup var data: DataSetOptions
  @OptionGroup var result: FormatOption
  @OptionGroup var logs: LogOptions

  func importer() throws -> any RunImporter { try LDMSImporter(folder: data.path) }
}
