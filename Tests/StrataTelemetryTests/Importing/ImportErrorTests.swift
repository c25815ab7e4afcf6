import Foundation
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

/// What the importers say about files that are wrong in ways that the layout allows.
@Suite struct ImportErrorTests {
  private static let header = "index,name,layer,kind"

  /// The error after files of a copy of a fixture were replaced.
  private func problem(
    _ data: String, replacing files: [String: String], importing: (_ folder: String) throws -> Void
  ) throws -> String {
    try withCopy(of: data) { folder in
      for (file, text) in files { try write(text, to: "\(folder)/\(file)") }
      do {
        try importing(folder)
        return "imported"
      } catch { return "\(error)".replacing(folder, with: data) }
    }
  }

  @Test(arguments: [
    ("\(header)\n0,a,data,gauge\n", ":2: '0' is not an index, which begin at 1"),
    ("\(header)\n1.5,a,data,gauge\n", ":2: '1.5' is not an index, which begin at 1"),
    ("\(header)\n1,a,data,gauge\n2,a,data,gauge\n", ":3: channel 'a' occurs twice"),
    ("\(header)\n1,a,data,gauge\n1,b,data,gauge\n", ":3: index 1 occurs twice"),
    (
      "\(header)\n1,a,data,gage\n",
      ":2: 'gage' in column 'kind' is not one of gauge, counter, rate, event; did you mean 'gauge'?"
    ),
    ("index,name,layer\n", ":1: there is no column 'kind'; there are index, name, layer"),
    ("\(header)\n", ": indices must be 1, 2, … without a gap, found []"),
  ])
  func tablesOfChannels(_ text: String, _ expected: String) throws {
    let problem = try problem("smd", replacing: ["channels.csv": text]) { _ = try SMDImporter(folder: $0) }
    #expect(problem == "smd/channels.csv" + expected)
  }

  @Test(arguments: [
    ("runs.csv", "run\nApp\nApp\n", "runs.csv:3: run 'App' occurs twice"),
    ("runs.csv", "run\n../App\n", "runs.csv:2: '../App' is not the name of a run"),
    (
      "anomalies.csv", "run,anomaly,start_offset_s,end_offset_s,parameters\nApp,CO,1.5,2,u\n",
      "anomalies.csv:2: '1.5' in column 'start_offset_s' is not whole seconds"
    ),
    ("anomalies.csv", "run\nApp\n", "anomalies.csv:1: there is no column 'anomaly'; there are run"),
    ("runs/App.csv.gz", "time,meminfo.MemFree\n1,2\n", "runs/App.csv.gz:1: there is no column 'unix_s'"),
    (
      "runs/App.csv.gz", "unix_s,meminfo.MemFree\n1,2\n1,3\n",
      "runs/App.csv.gz:3: a second value of 'meminfo.MemFree' for 'ldms/node' in sample 0, 0.0 s after the start (samples "
        + "are 1.0 s apart; 'duplicates: last' takes the last value)"
    ),
  ])
  func recordingsOfNodes(_ file: String, _ text: String, _ expected: String) throws {
    let problem = try problem("hpc-ldms-hpas", replacing: [file: text]) {
      _ = try LDMSImporter(folder: $0).run(named: "App")
    }
    #expect(problem == "hpc-ldms-hpas/" + expected)
  }

  @Test func seriesOfOtherShapes() throws {
    let flat = try problem("asd", replacing: [:]) { folder in
      try NumPyArray.write(.init([6], repeating: 0), to: "\(folder)/train/omi-1.npy")
      _ = try ASDImporter(folder: folder)
    }
    #expect(flat == "asd/train/omi-1.npy: has shape [6], expected [row, metric]")
    let narrow = try problem("asd", replacing: [:]) { folder in
      try NumPyArray.write(.init([6, 2], repeating: 0), to: "\(folder)/test/omi-1.npy")
      _ = try ASDImporter(folder: folder).run(named: "omi-1")
    }
    #expect(narrow == "asd/test/omi-1.npy: has 2 metrics, expected 3 as in asd/train/omi-1.npy")
  }

  @Test func labelsThatAreNoTruth() throws {
    try withCopy(of: "tables") { folder in
      let path = "\(folder)/labels.csv"
      try write("start,end,entity,kind,benign\n0,10,c0,x,yes\n", to: path)
      var mapping = CSVMapping(
        interval: 10, timeColumn: "t", entity: .path("c0"),
        columns: [CSVMapping.Column(column: "x", layer: .data, channel: Channel(name: "x"))])
      mapping.labels = path
      let importer = CSVImporter(mapping: mapping, bytes: Array("t,x\n0,1\n".utf8), source: "t.csv")
      do {
        Issue.record("read \(try importer.run(named: "t").labels)")
      } catch { #expect("\(error)" == "\(path):2: 'yes' in column 'benign' is not true or false") }
    }
  }

  @Test func aPipeIsRefused() throws {
    try withTemporaryFolder { folder in
      #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
      let mapping = CSVMapping(
        interval: 10, timeColumn: "t", entity: .path("c0"),
        columns: [CSVMapping.Column(column: "x", layer: .data, channel: Channel(name: "x"))])
      do {
        Issue.record("read \(try CSVImporter(mapping: mapping, table: "\(folder)/pipe").imported().run.name)")
      } catch {
        #expect("\(error)" == "\(folder)/pipe: is a pipe, and a table is read twice; write it to a file first")
      }
    }
  }
}
