import StrataTelemetry
import TestSupport
import Testing

@Suite struct ASDImporterTests {
  @Test func metricsWithoutNamesAreNumberedInOneLayer() throws {
    let run = try ASDImporter(folder: fixture("asd")).run(named: "omi-1")
    #expect(run.layers.map(\.layer) == [.compute])
    #expect(run[.compute]!.channels.map(\.name) == ["metric_01", "metric_02", "metric_03"])
    #expect(run.interval == 300 && run.split == RunSplit(trainingEnd: 6) && run.entities == ["asd/omi-1"])
    #expect(run[.compute]!.series(entity: 0, channel: 2) == (0..<12).map { (Float($0) + 0.5) / 16 })
  }

  @Test func segmentsIncludeTheirEndAndHaveAType() throws {
    let labels = try ASDImporter(folder: fixture("asd")).run(named: "omi-1").labels
    #expect(labels.map(\.interval) == [7..<9, 11..<12])
    #expect(labels.map(\.channels) == [["metric_01", "metric_03"], ["metric_02"]])
    #expect(labels.map(\.kind) == ["anomaly:metric", "anomaly:metric-temporal"])
    #expect(labels.map(\.layer) == [.compute, .compute])
  }

  @Test func aTableInTheFolderPlacesTheMetrics() throws {
    try withCopy(of: "asd") { folder in
      let table = "index,name,layer,kind,unit,meaning\n2,net,data,rate,By/s,traffic\n1,cpu,compute,gauge,%,work\n"
      try write(table + "3,vm,compute,gauge,1,other\n", to: "\(folder)/channels.csv")
      let run = try ASDImporter(folder: folder).run(named: "omi-1")
      #expect(run[.data]!.channels == [Channel(name: "net", kind: .rate, unit: "By/s", meaning: .traffic)])
      #expect(run[.compute]!.channels.map(\.name) == ["cpu", "vm"])
      #expect(run.labels.map(\.channels) == [["cpu", "vm"], ["net"]])
    }
  }
}
