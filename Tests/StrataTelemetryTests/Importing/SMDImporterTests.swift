import Foundation
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct SMDImporterTests {
  private func run(_ name: String) throws -> Run { try SMDImporter(folder: fixture("smd")).run(named: name) }

  private func problem(_ folder: String, _ name: String = "machine-1-1") -> String {
    do { return "read \(try SMDImporter(folder: folder).run(named: name).name)" } catch {
      return "\(error)".replacing(folder, with: "smd")
    }
  }

  /// What the importer says after a file of a copy of the fixture was replaced.
  private func problem(replacing file: String, with text: String) throws -> String {
    try withCopy(of: "smd") { folder in
      try write(text, to: "\(folder)/\(file)")
      return problem(folder)
    }
  }

  @Test func oneRunPerMachineWithSeries() throws {
    let importer = try SMDImporter(folder: fixture("smd"))
    #expect(importer.runNames == ["machine-1-1", "machine-2-1"])
    #expect(try importer.runs(threads: 2).map(\.name) == importer.runNames)
  }

  @Test func trainingIsFollowedByTestOnOneClock() throws {
    let run = try run("machine-1-1")
    #expect(run.sampleCount == 18 && run.interval == 60 && run.start == 0)
    #expect(run.split == RunSplit(trainingEnd: 10))
    #expect(run.entities == ["smd/machine-1-1"])
    #expect(run[.compute]!.series(entity: 0, channel: 0) == (0..<18).map { Float($0) / 32 })
    #expect(run[.compute]!.series(entity: 0, channel: 1) == (0..<18).map { (Float($0) + 0.5) / 32 })
    #expect(run[.application]!.series(entity: 0, channel: 0) == (0..<18).map { (Float($0) + 0.75) / 32 })
  }

  @Test func layersAndNamesAreThoseOfTheTable() throws {
    let run = try run("machine-1-1")
    #expect(run.layers.map(\.layer) == [.data, .compute, .application])
    #expect(
      run[.compute]!.channels
        == [Channel(name: "cpu_r", meaning: .work), Channel(name: "mem_u", meaning: .memory)])
    #expect(run[.data]!.channels == [Channel(name: "disk_rb", kind: .rate, meaning: .traffic)])
  }

  @Test func labelsAreTheLabelledRowsWithTheBlamedChannels() throws {
    let labels = try run("machine-1-1").labels
    // Rows 1 and 2 of the test half, then 4, 5 and 6 divided where the second segment begins.
    #expect(labels.map(\.interval) == [11..<13, 14..<16, 16..<17])
    #expect(labels.map(\.channels) == [["cpu_r", "mem_u"], ["disk_rb"], ["cpu_r", "curr_estab"]])
    #expect(labels.map(\.layer) == [.compute, .data, nil])
    #expect(labels.allSatisfy { $0.kind == "anomaly" && $0.entity == "smd/machine-1-1" && !$0.isBenign })
  }

  @Test func rowsWithoutSegmentKeepTheirLabelAndSegmentsWithoutRowsAreReported() throws {
    let run = try run("machine-2-1")
    #expect(run.labels.map(\.interval) == [16..<18])
    #expect(run.labels.map(\.channels) == [[]])
    #expect(run.provenance["segments without labelled rows"] == "2-4")
  }

  @Test func textSeriesAreReadToo() throws {
    try withCopy(of: "smd") { folder in
      for half in ["train", "test"] {
        try FileManager.default.removeItem(atPath: "\(folder)/\(half)/machine-1-1.npy")
        let rows = half == "train" ? 0..<10 : 10..<18
        let text = rows.map { row in (0..<4).map { "\((Double(row) + Double($0) / 4) / 32)" }.joined(separator: ",") }
        try write(text.joined(separator: "\n") + "\n", to: "\(folder)/\(half)/machine-1-1.txt")
      }
      let read = try SMDImporter(folder: folder).run(named: "machine-1-1")
      let original = try run("machine-1-1")
      for (one, other) in zip(read.layers, original.layers) { #expect(one.values.elements == other.values.elements) }
    }
  }

  @Test func aFolderOfAnotherLayoutIsAnError() {
    #expect(
      problem("/no/such/folder")
        == "smd: there is no folder 'train'; expected train/<machine>.npy or .txt, test/, test_label/, "
        + "interpretation_label/ and channels.csv")
    #expect(problem(fixture("smd"), "machine-1-2") == "smd: has no 'machine-1-2'; did you mean 'machine-1-1'?")
  }

  @Test func errorsNameFileAndLine() throws {
    #expect(
      try problem(replacing: "channels.csv", with: "index,name,layer,kind\n1,cpu_r,computer,gauge\n")
        == "smd/channels.csv:2: 'computer' in column 'layer' is not one of physical, data, compute, application; did you "
        + "mean 'compute'?")
    #expect(
      try problem(replacing: "channels.csv", with: "index,name,layer,kind\n1,a,data,gauge\n3,b,data,gauge\n")
        == "smd/channels.csv: indices must be 1, 2, … without a gap, found [1, 3]")
    #expect(
      try problem(replacing: "channels.csv", with: "index,name,layer,kind\n1,a,data,gauge\n")
        == "smd/train/machine-1-1.npy: has 4 metrics, expected 1 as in smd/channels.csv")
    #expect(
      try problem(replacing: "test_label/machine-1-1.txt", with: "0\n1\n")
        == "smd/test_label/machine-1-1.txt: has 2 labels, expected one for each of the 8 test rows")
    #expect(
      try problem(replacing: "test_label/machine-1-1.txt", with: "0\n2\n")
        == "smd/test_label/machine-1-1.txt:2: '2' is not a label, expected 0 or 1")
    #expect(
      try problem(replacing: "interpretation_label/machine-1-1.txt", with: "1-3:1,5\n")
        == "smd/interpretation_label/machine-1-1.txt:1: '5' is not a dimension from 1 to 4")
    #expect(
      try problem(replacing: "interpretation_label/machine-1-1.txt", with: "1-3:1\n3-3:1\n")
        == "smd/interpretation_label/machine-1-1.txt:2: '3-3' is not a segment of rows such as 1064-1298")
  }
}
