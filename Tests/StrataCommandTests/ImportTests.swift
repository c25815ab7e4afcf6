import Foundation
import Testing

@Suite struct ImportTests {
  private let place = Workplace()

  @Test func theLastLineSaysHowMuchIsMissing() throws {
    try place.writeTable()
    let outcome = try place.importTable()
    #expect(outcome.status == 0)
    // Every host has every second sample.
    #expect(outcome.errors.hasSuffix("\ntable: 20 samples, 2 entities, 50.00 % missing: table.zarr\n"))
    #expect(
      outcome.errors.contains("warning: table.csv: the rows of an entity are mostly 20.0 s apart and samples 10.0 s"))
  }

  @Test func replacedRowsAreCounted() throws {
    try place.writeTable(rows: "1750000000,n1,50\n1750000020,n1,51\n1750000040,n1,\n", mapping: "duplicates: last\n")
    let outcome = try place.importTable("-q")
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("strata: warning: table.csv: 2 rows replaced values of earlier ones\n"))
  }

  @Test func theRunCanBeNamed() throws {
    try place.writeTable(mapping: "run: other\n")
    #expect(try place.importTable("--name", "tonight").status == 0)
    #expect(try place.strata("describe", "table.zarr").output.hasPrefix("tonight: 20 samples"))
    #expect(try place.importTable("--name", "", to: "x.zarr").status == 64)
  }

  @Test func tablesAndMappingsComeThroughPipes() throws {
    try place.writeTable()
    for (name, line) in [
      ("stdin", "cat table.csv | $STRATA import csv - --mapping mapping.yaml"),
      ("stdin", "cat table.csv | $STRATA import csv /dev/stdin --mapping <(cat mapping.yaml)"),
      ("stdin", "$STRATA import csv - --mapping mapping.yaml < table.csv"),
      ("fifo", "mkfifo fifo; gzip -c table.csv > fifo & $STRATA import csv fifo --mapping mapping.yaml"),
    ] {
      let outcome = try place.shell("\(line) --output piped.zarr --overwrite")
      #expect(outcome.status == 0, "\(line) said: \(outcome.errors)")
      #expect(outcome.errors.contains("\n\(name): 20 samples, 2 entities"), "\(line) said: \(outcome.errors)")
    }
  }

  @Test(arguments: [
    ("1750000000000000000,n1,1\n", "", "table.csv:22: '1750000000000000000' in column 't' looks like nanoseconds"),
    ("1850000000,n1,1\n", "", "table.csv:22: no row lies in the 99999810.0 s before this one"),
    ("", "labels: labels.csv\n", "labels.csv:2: there is no entity 'c0/n7' in the table; did you mean 'c0/n1'?"),
    ("1750000000,n1,1\n", "", "table.csv:22: a second value of 'temp' for 'c0/n1' in sample 0"),
  ]) func wrongTablesExitWith65AndLeaveNothing(rows: String, mapping: String, message: String) throws {
    try place.writeTable(rows: rows, mapping: mapping)
    try place.write("start,end,entity,kind\n1750000010,1750000050,c0/n7,x\n", to: "labels.csv")
    let outcome = try place.importTable(to: "some/where/table.zarr")
    #expect(outcome.status == 65 && outcome.errors.contains("strata: \(message)"), "said: \(outcome.errors)")
    #expect(!place.exists("some"))
  }

  @Test func exchangedFilesAreRecognised() throws {
    try place.writeTable()
    let outcome = try place.strata(
      "import", "csv", "mapping.yaml", "--mapping", "table.csv", "--output", "table.zarr")
    #expect(outcome.status == 65)
    #expect(outcome.errors.hasPrefix("strata: table.csv:1: is no mapping of columns") && outcome.errors.count < 200)
  }

  /// The mapping that is proposed reads the table, and says what a person would say of its columns.
  @Test func aMappingIsProposed() throws {
    let rows = (0..<40).map {
      "2026-03-01T12:\(10 + $0 / 4):\(["00", "15", "30", "45"][$0 % 4])Z,n\($0 % 2),4\($0 % 10).5,\(1000 * $0),9\($0 % 7),ok\n"
    }
    try place.write("timestamp,host,gpu temp,rx_bytes,util,note\n" + rows.joined(), to: "table.csv")
    let proposal = try place.strata("import", "csv", "table.csv", "--print-mapping")
    #expect(proposal.status == 0 && proposal.errors.isEmpty, "said: \(proposal.errors)")
    #expect(
      proposal.output == """
        # A proposal; look at every line, and at layer, kind, unit and meaning above all.
        interval: 30  # seconds between samples
        time: {column: timestamp, format: iso8601}
        entity: {column: host, inside: c0}
        channels:
          - {column: "gpu temp", layer: physical, kind: gauge, unit: Cel, meaning: heat}
          - {column: rx_bytes, layer: data, kind: counter, unit: By, meaning: traffic}
          - {column: util, layer: compute, kind: gauge, unit: "%", meaning: work}
        ignore: [note]
        # training: 0.5  # the share of the samples, from the start, that is known to be clean

        """)
    try place.write(proposal.output, to: "mapping.yaml")
    let imported = try place.importTable("--format", "json")
    #expect(imported.status == 0, "said: \(imported.errors)")
    struct Store: Decodable {
      let store: String
      let run: String
      let sampleCount: Int
      let entityCount: Int
      let missingShare: Double
      let notes: [String]
    }
    let store = try Workplace.json(Store.self, imported)
    #expect(store.store == "table.zarr" && store.run == "table" && store.entityCount == 2 && store.notes.isEmpty)
    let piped = try place.shell("cat table.csv | $STRATA import csv - --print-mapping")
    #expect(piped.output == proposal.output)
    let missing = try place.strata("import", "csv", "table.csv")
    #expect(missing.status == 64 && missing.errors.contains("Missing expected argument '--mapping <file>'"))
  }

  /// Every key that a mapping knows stands in the help.
  @Test func theHelpListsTheKeysOfAMapping() throws {
    let help = try place.strata("import", "csv", "--help")
    #expect(help.status == 0 && help.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    for key in [
      "interval", "time", "entity", "channels", "run", "ignore", "missing", "blanks", "separator", "counters",
      "duplicates", "sparse", "training", "labels",
    ] { #expect(help.output.contains("\n    \(key) ") || help.output.contains("\n  \(key) "), "no '\(key)'") }
  }
}
