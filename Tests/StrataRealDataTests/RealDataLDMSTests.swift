import StrataTelemetry
import Testing

@Suite struct RealDataLDMSTests {
  private func importer() throws -> LDMSImporter { try LDMSImporter(folder: RealData.folder("hpc-ldms-hpas")) }

  @Test func everyRecordingIsReadWithItsLabels() throws {
    let importer = try importer()
    let runs = try importer.runs(threads: 2)
    let folder = try RealData.folder("hpc-ldms-hpas")
    let names = try RealData.lines("\(folder)/runs.csv").dropFirst().map { $0.split(separator: ",")[0] }
    let anomalies = try RealData.lines("\(folder)/anomalies.csv").dropFirst()
    let imported = anomalies.filter { line in names.contains { line.hasPrefix("\($0),") } }
    #expect(runs.count == names.count && runs.count >= 51)
    #expect(runs.flatMap(\.labels).count == imported.count)
    #expect(runs.allSatisfy { $0.layers.map(\.channels.count).reduce(0, +) == 203 })
    #expect(runs.allSatisfy { $0.provenance["unknown columns"] == nil })
    #expect(Set(runs.flatMap(\.labels).map(\.kind)) == ["cachecopy", "cpuoccupy", "memleak"])
  }

  @Test func noRateIsNegative() throws {
    for run in try importer().runs(threads: 2) {
      for series in run.layers {
        for (index, channel) in series.channels.enumerated() where channel.kind == .rate {
          let rates = series.series(entity: 0, channel: index)
          #expect(rates[0].isNaN && !rates.contains { $0 < 0 }, "\(run.name) \(channel.name)")
        }
      }
    }
  }

  @Test func aLeakTakesFreeMemory() throws {
    let run = try importer().run(named: "ExaMiniMD_ML__ST180_ET699_s10M")
    let free = try #require(run[.compute]!.channels.firstIndex { $0.name == "meminfo.MemFree" })
    let series = run[.compute]!.series(entity: 0, channel: free)
    let leak = try #require(run.labels.first)
    #expect(leak.kind == "memleak" && leak.interval == 180..<699)
    let gibibyte: Float = 1_048_576
    #expect(series[leak.interval.lowerBound - 5] - series[leak.interval.upperBound - 5] > 15 * gibibyte)
  }
}
