import ArgumentParser
import Strata

struct ImportCSV: LoggingCommand {
  static let configuration = CommandConfiguration(
    commandName: "csv", abstract: "Any table of comma-separated values, with a file that says what its columns are.",
    usage: """
      strata import csv <path> --mapping <file> --output <store> [options]
      strata import csv <path> --print-mapping
      """,
    discussion: """
      The mapping names the column of times, the entity of a row, and for each column its layer, kind, unit and \
      meaning. '--print-mapping' proposes one from the header and the first rows.

        interval: 15
        time: {column: timestamp, format: iso8601}
        entity: {column: host, inside: c0}
        channels:
          - {column: temp, layer: physical, unit: Cel, meaning: heat}
          - column: rx_bytes
            layer: data
            kind: counter
            unit: By
            meaning: traffic
        training: 0.5

      Keys of a mapping:
        interval    seconds between samples
        time        column; format: unix, unix-ms, unix-us, unix-ns, iso8601
        entity      column, and inside: what encloses it; or path: all rows
        channels    column; layer: physical, data, compute, application;
                    name; kind: gauge, counter, rate, event; unit; meaning:
                    work, wait, heat, power, error, traffic, memory,
                    progress, other; entity: a part of the row's; width: 32
        run         the name of the run
        ignore      columns to leave out; any other column must be mapped
        missing     texts that mean a missing sample: ["-1", "N/A"]
        blanks      blank values of DCGM: missing (default), numbers
        separator   what separates fields
        counters    rates (default), totals
        duplicates  two values in one sample: error (default), last
        sparse      true takes a table that is nearly empty
        training    the share of the samples that is training time
        labels      a table of what happened: start, end, entity, kind; may
                    have layer, channels, benign

      A column that the mapping neither uses nor lists under 'ignore' is an error. Rows of one entity and time are \
      joined. A table of which one gap in time would make nearly everything missing is refused, unless 'sparse: true' \
      is set.

      Examples:
        strata import csv metrics.csv --print-mapping > mapping.yaml
        strata import csv metrics.csv --mapping mapping.yaml --output metrics.zarr
      """)

  @Argument(
    help: ArgumentHelp("The table, plain, gzip or zstd; '-' is standard input.", valueName: "path"),
    completion: .file())
  var path: String
  @Option(
    help: ArgumentHelp("What the columns are, in YAML.", valueName: "file"), completion: .file(extensions: ["yaml"]))
  var mapping: String?
  @Option(
    help: ArgumentHelp("The run store to write.", valueName: "store"), completion: .directory,
    transform: OutputPath.read)
  var output: String?
  @Flag(help: "Print a mapping to begin with, and stop.") var printMapping = false
  @Option(help: "What the run is called; by default what the mapping says, or the name of the table.") var name: String?
  @Flag(help: "Replace a run store that is there.") var overwrite = false
  @OptionGroup var result: FormatOption
  @OptionGroup var logs: LogOptions

  func validate() throws {
    if let name, name.isEmpty { throw ValidationError("--name must not be empty.") }
    guard !printMapping else { return }
    if mapping == nil { throw ValidationError("Missing expected argument '--mapping <file>'") }
    if output == nil { throw ValidationError("Missing expected argument '--output <store>'") }
  }

  func run() throws {
    let path = PipedInput.path(path)
    if printMapping {
      try MissingInput.require(path)
      let proposal =
        if let bytes = try PipedInput.contents(of: path, logs: logs) {
          try MappingProposal(of: CSVReader(bytes, source: path))
        } else {
          try MappingProposal(of: CSVReader(contentsOf: path))
        }
      return try Console.write(proposal.yaml)
    }
    let output = output!
    try RunOutput.check(output, overwrite: overwrite)
    try MissingInput.require(path)
    var mapping = try CSVMapping(contentsOf: mapping!)
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
    if result.format == .json { try Console.writeJSON(WrittenStore(run, at: output, notes: imported.notes)) }
  }
}
