import Foundation
import StrataTelemetry
import TestSupport
import Testing

@Suite struct JumpStarterImporterTests {
  /// A service with three metrics in units of their own, four training and four test rows.
  private func withService(_ body: (String) throws -> Void) throws {
    let place = TemporaryFolder()
    try place.write("1,2e8,0.5\n2,3e8,0.25\n3,,0\n4,5e8,1\n", to: "train/service0.csv")
    try place.write("5,1,1\n6,2,1\n7,3,1\n8,4,1\n", to: "test/service0.csv")
    try place.write("0\r\n1\r\n1\r\n0\r\n", to: "test_label/service0.csv")
    try body(place.path)
  }

  @Test func bothHalvesFollowEachOtherInTheirOwnUnits() throws {
    try withService { folder in
      let importer = try JumpStarterImporter(folder: folder)
      #expect(importer.runNames == ["service0"])
      let run = try importer.run(named: "service0")
      #expect(run.entities == ["jumpstarter/service0"] && run.interval == 300)
      #expect(run.split == RunSplit(trainingEnd: 4) && run.sampleCount == 8)
      let series = try #require(run[.compute])
      #expect(series.channels.map(\.name) == ["metric_01", "metric_02", "metric_03"])
      let second = series.series(entity: 0, channel: 1)
      #expect(second[1] == 3e8 && second[2].isNaN && second[4] == 1)
    }
  }

  @Test func labelsNameNoChannels() throws {
    try withService { folder in
      let labels = try JumpStarterImporter(folder: folder).run(named: "service0").labels
      #expect(labels.map(\.interval) == [5..<7] && labels.map(\.kind) == ["anomaly"])
      #expect(labels[0].channels.isEmpty && labels[0].layer == nil)
    }
  }

  @Test func aLabelTooFewIsAnError() throws {
    try withService { folder in
      try "0\n1\n1\n".write(toFile: "\(folder)/test_label/service0.csv", atomically: true, encoding: .utf8)
      #expect {
        try JumpStarterImporter(folder: folder).run(named: "service0")
      } throws: {
        "\($0)" == "\(folder)/test_label/service0.csv: has 3 labels, expected one for each of the 4 test rows"
      }
    }
  }
}
