import StrataTelemetry
import TestSupport
import Testing

@Suite struct LDMSImporterTests {
  private func run(_ name: String, _ counters: CSVMapping.CounterTreatment = .rates) throws -> Run {
    try LDMSImporter(folder: fixture("hpc-ldms-hpas"), counters: counters).run(named: name)
  }

  private func series(_ run: Run, _ layer: TelemetryLayer, _ name: String) throws -> [Float?] {
    let channel = try #require(run[layer]!.channels.firstIndex { $0.name == name })
    return run[layer]!.series(entity: 0, channel: channel).map { $0.isNaN ? nil : $0 }
  }

  @Test func oneRunPerRowOfTheTable() throws {
    #expect(try LDMSImporter(folder: fixture("hpc-ldms-hpas")).runNames == ["App", "App_ML__ST2_ET5_s10M"])
    #expect(try run("App").labels.isEmpty)
    #expect(try run("App").sampleCount == 3)
  }

  @Test func secondsWithoutARowAreMissing() throws {
    let run = try run("App_ML__ST2_ET5_s10M")
    #expect(run.sampleCount == 8 && run.interval == 1 && run.start == 1_700_000_000)
    #expect(try series(run, .compute, "meminfo.MemFree") == [100, 90, 80, nil, 60, 50, 40, 100])
  }

  @Test func countersBecomeRatesWithTheirUnits() throws {
    let run = try run("App_ML__ST2_ET5_s10M")
    // Beyond the digits of a float, over the missing second, and over a restart.
    #expect(try series(run, .compute, "procstat.per_core_user0") == [nil, 10, 10, nil, 10, 10, 10, 10])
    #expect(try series(run, .compute, "procstat.context_switches") == [nil, 10, 10, nil, nil, 10, 10, 10])
    #expect(
      run[.data]!.channels.first { $0.name == "vmstat.pgpgin" }
        == Channel(name: "vmstat.pgpgin", kind: .rate, unit: "KiBy/s", meaning: .traffic))
  }

  @Test func totalsAreCountedFromTheFirst() throws {
    let run = try run("App_ML__ST2_ET5_s10M", .totals)
    #expect(try series(run, .compute, "procstat.per_core_user0") == [0, 10, 20, nil, 40, 50, 60, 70])
    #expect(run[.compute]!.channels.first { $0.name == "procstat.per_core_user0" }!.kind == .counter)
  }

  @Test func pluginsDecideTheLayer() throws {
    let run = try run("App_ML__ST2_ET5_s10M")
    #expect(run[.data]!.channels.map(\.name) == ["vmstat.pgpgin", "vmstat.nr_dirty", "procstat.iowait"])
    #expect(run[.compute]!.channels.first { $0.name == "procstat.procs_running" }!.kind == .gauge)
    #expect(run.provenance["unknown columns"] == "sensors.fan")
    #expect(try series(run, .compute, "sensors.fan") == [9, 9, 9, nil, 9, 9, 9, 9])
  }

  @Test func labelsAreTheInjectedAnomalies() throws {
    let run = try run("App_ML__ST2_ET5_s10M")
    #expect(run.labels == [FaultLabel(kind: "memleak", entity: "ldms/node", layer: .compute, interval: 2..<5)])
    #expect(run.provenance["label 0 parameters"] == "s10M")
    #expect(run.provenance["application"] == "App")
  }

  @Test func errorsNameFileAndLine() throws {
    func problem(_ folder: String) -> String {
      do { return "read \(try LDMSImporter(folder: folder).runs().count)" } catch {
        return "\(error)".replacing(folder, with: "ldms")
      }
    }
    #expect(
      problem("/no/such")
        == "ldms: there is no file 'runs.csv'; expected runs.csv, anomalies.csv and runs/<run>.csv.gz")
    try withCopy(of: "hpc-ldms-hpas") { folder in
      try write("run\nApp\nBpp\n", to: "\(folder)/runs.csv")
      #expect(problem(folder) == "ldms/runs/Bpp.csv: cannot be opened: No such file or directory")
      try write(
        "run,anomaly,start_offset_s,end_offset_s,parameters\nApp,CO,7,9,u95\n", to: "\(folder)/anomalies.csv")
      #expect(
        problem(folder)
          == "ldms/anomalies.csv:2: the interval from 7 to 9 s is empty or outside the 3 s of 'App'")
    }
  }
}
