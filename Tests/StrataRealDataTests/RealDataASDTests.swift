import StrataTelemetry
import Testing

@Suite struct RealDataASDTests {
  @Test func everyServerHasTheRowsAndLabelsOfItsTable() throws {
    let folder = try RealData.folder("asd")
    let importer = try ASDImporter(folder: folder)
    let table = try RealData.lines("\(folder)/entities.csv").dropFirst().map {
      $0.split(separator: ",").map(String.init)
    }
    #expect(importer.runNames.count >= 8 && importer.runNames == table.map { $0[0] }.sorted())
    for row in table {
      let run = try importer.run(named: row[0])
      let (train, test) = (try #require(Int(row[1])), try #require(Int(row[2])))
      #expect(run.split == RunSplit(trainingEnd: train) && run.sampleCount == train + test)
      #expect(run[.compute]!.channels.count == 19)
      #expect(Set(run.labels.flatMap { Array($0.interval) }).count == Int(row[3]), "\(row[0])")
    }
  }

  @Test func everySegmentHasATypeAndChannels() throws {
    let labels = try ASDImporter(folder: RealData.folder("asd")).runs(threads: 2).flatMap(\.labels)
    let typed = labels.filter { ["anomaly:metric", "anomaly:temporal", "anomaly:metric-temporal"].contains($0.kind) }
    #expect(typed.count == labels.count && labels.allSatisfy { !$0.channels.isEmpty })
  }
}
