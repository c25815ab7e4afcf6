import Foundation
import StrataExperiments
import StrataTelemetry
import TestSupport
import Testing

/// Made-up public data and an experiment on them in a folder of their own.
private final class TinyRealism {
  private let place = TemporaryFolder()
  var data: String { place("data") }
  var folder: String { place("experiment") }

  init(_ old: String = "", _ new: String = "") throws {
    var trace = "event_time_days,event_type,node_id,level,class,desc\n"
    for fault in 0..<40 {
      let day = Double(fault) * 2.3
      trace += "\(day),fault_start,n\(fault % 7),1,GPU,x\n\(day + 0.5),fault_end,n\(fault % 7),1,GPU,x\n"
    }
    try place.write(trace, to: "data/faults.csv")
    let cdf = (0..<100).map { "a.power,\(60 + 4 * $0)" }.joined(separator: "\n")
    try place.write("series,x\n\(cdf)\n", to: "data/cdfs.csv")
    try place.write(Self.scenario, to: "experiment/tiny.yaml")
    try place.write(
      Self.specification.replacingOccurrences(of: old, with: new), to: "experiment/experiment.yaml")
  }

  func experiment() throws -> RealismExperiment {
    try #require(ExperimentFolder(folder).experiment() as? RealismExperiment)
  }

  func rows(_ change: (String) -> String) throws {
    let path = folder + "/results/realism.csv"
    try change(String(contentsOfFile: path, encoding: .utf8)).write(toFile: path, atomically: true, encoding: .utf8)
  }

  private static let scenario = """
    name: tiny
    duration: 60
    interval: 5
    training: 10
    cluster: {hosts: 1, hardware: a100}
    jobs:
      - name: train
        training: {expertParallel: 8, experts: 8, layers: 2, denseSeconds: 0.5, expertSeconds: 0.5, overlap: 0.5}

    """

  private static let specification = """
    title: A tiny comparison
    seeds: [1, 2]
    realism:
      - {section: faults, kind: faults, trace: faults.csv, table: acme, hosts: 40, days: 100, repeats: 2, limit: 0.1}
      - section: power
        kind: marginals
        scenario: tiny.yaml
        table: cdfs.csv
        series: [{series: a.power, channel: DCGM_FI_DEV_POWER_USAGE, unit: W, limit: 0.99}]
      - {section: exposure, kind: exposure, scenario: tiny.yaml, published: 0.03, limit: 0.5}
    smoke: {sections: [faults, exposure], tolerance: 0.001}

    """
}

@Suite struct RealismExperimentTests {
  @Test func runningLeavesRowsFiguresAndAManifestThatVerify() throws {
    let tiny = try TinyRealism()
    let experiment = try tiny.experiment()
    try experiment.run(dataRoot: tiny.data, threads: 2) { _ in }

    let rows = try experiment.committedRows()
    #expect(rows.map(\.section).filter { $0 == "faults" }.count == 13)
    let distance = try #require(rows.first { $0.section == "power" })
    #expect((0.01...0.99).contains(distance.simulated) && distance.isWithinLimit == true)
    #expect(rows.allSatisfy { $0.range.contains($0.simulated) })
    #expect(try experiment.tableText().contains("judged figures are within their limits."))
    for name in ["faults.svg", "marginals.svg", "table.md"] {
      let text = try String(contentsOfFile: "\(tiny.folder)/results/\(name)", encoding: .utf8)
      #expect(text.contains(name.hasSuffix("svg") ? "</svg>" : "# A tiny comparison"))
    }
    let manifest = try JSONDecoder().decode(
      Manifest.self, from: Data(contentsOf: URL(fileURLWithPath: tiny.folder + "/results/manifest.json")))
    #expect(manifest.seeds == [1, 2] && manifest.data["cdfs.csv"]?.count == 64)
    #expect(manifest.configuration == experiment.specification.hash)

    // One thread gives what two gave.
    #expect(try experiment.verify(dataRoot: tiny.data, threads: 1) { _ in }.isEmpty)
    // Figures are drawn anew from committed curves alone.
    try FileManager.default.removeItem(atPath: tiny.data)
    try experiment.writeTables()
  }

  @Test func aChangedRowIsFound() throws {
    let tiny = try TinyRealism()
    let experiment = try tiny.experiment()
    try experiment.run(dataRoot: tiny.data, threads: 2) { _ in }
    try tiny.rows { text in
      text.split(separator: "\n").map { line in
        line.hasPrefix("exposure,") ? "exposure,exposed communication,1,0.03,0.9,0.9,0.9,0.5,no" : String(line)
      }.joined(separator: "\n") + "\n"
    }
    let deviations = try experiment.verify(dataRoot: tiny.data, threads: 2) { _ in }
    #expect(deviations.count == 1 && deviations[0].hasPrefix("exposure, exposed communication: "))
    #expect(deviations.first?.hasSuffix("is simulated, committed 0.9000, tolerance 0.001") == true)
  }

  @Test(arguments: [
    ("kind: exposure, scenario: tiny.yaml", "kind: exposure", ":10: a section of this kind needs a 'scenario'"),
    ("sections: [faults, exposure]", "sections: [faults, other]", "there is no section 'other'"),
    ("table: acme", "table: atlantis", "there is no table of failures 'atlantis'"),
    ("section: exposure", "section: power", "two sections have the same name"),
    ("scenario: tiny.yaml\n", "scenario: none.yaml\n", "none.yaml"),
    ("kind: faults", "kind: guesses", "guesses"),
  ])
  func mistakesNameTheirPlace(old: String, new: String, message: String) throws {
    let tiny = try TinyRealism(old, new)
    let error = #expect(throws: ConfigurationError.self) { try tiny.experiment() }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "nothing was thrown")")
  }

  @Test func anUnknownChannelIsAnError() throws {
    let tiny = try TinyRealism("channel: DCGM_FI_DEV_POWER_USAGE", "channel: POWER")
    let experiment = try tiny.experiment()
    #expect(throws: ExperimentError("the simulator has no channel 'POWER'")) {
      try experiment.run(dataRoot: tiny.data, threads: 1) { _ in }
    }
  }
}
