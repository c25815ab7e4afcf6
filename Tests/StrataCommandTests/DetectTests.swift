import Foundation
import Testing

/// What detection prints, and what can be left out of it.
@Suite struct DetectTests {
  private let place = Workplace()

  /// A table of eight hosts, one of which is slow for a while and another one stops reporting.
  private func writeCluster() throws {
    var table = "t,host,temp,watt,work,wait,rx\n"
    var state: UInt64 = 1
    func noise() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 40) / Double(1 << 24) - 0.5
    }
    for time in 0..<900 {
      for host in 0..<8 {
        let values = [60 + noise(), 400 + 9 * noise(), 0.2 + 0.01 * noise(), 0.1 + 0.01 * noise(), 5000 + 99 * noise()]
        let isSlow = host == 5 && (500..<560).contains(time)
        if host == 2, time >= 700 { continue }
        let factors = isSlow ? [1.4, 0.7, 2, 0.2, 0.4] : [1, 1, 1, 1, 1]
        let row = zip(values, factors).map { "\($0 * $1)" }.joined(separator: ",")
        table += "\(1_750_000_000 + 10 * time),host\(host),\(row)\n"
      }
    }
    try place.write(table, to: "table.csv")
    try place.write(
      """
      interval: 10
      time: {column: t}
      entity: {column: host, inside: cluster-with-a-long-name/rack0}
      channels:
        - {column: temp, layer: physical, unit: Cel, meaning: heat}
        - {column: watt, layer: physical, unit: W, meaning: power}
        - {column: work, layer: compute, unit: s, meaning: work}
        - {column: wait, layer: compute, unit: s, meaning: wait}
        - {column: rx, layer: data, kind: rate, unit: By/s, meaning: traffic}
      """, to: "mapping.yaml")
    #expect(try place.importTable().status == 0)
    let adapted = try place.strata(
      "adapt", "table.zarr", "--to", "4000", "--budget", "1000", "--output", "run")
    try #require(adapted.status == 0, "said: \(adapted.errors)")
  }

  private struct Found: Decodable {
    struct Incident: Decodable {
      struct Evidence: Decodable {
        struct Entity: Decodable { let entity: String }
        let entities: [Entity]
      }

      let pValue: Double
      let evidence: Evidence
    }

    let incidents: [Incident]
    let notices: [String]
  }

  private func detect(_ more: String...) throws -> Workplace.Outcome {
    try place.start(["detect", "table.zarr", "--run", "run"] + more).finish()
  }

  @Test func theTableFitsATerminalAndSaysWhenItEnds() throws {
    try writeCluster()
    let outcome = try detect()
    #expect(outcome.status == 0, "said: \(outcome.errors)")
    let lines = outcome.output.split(separator: "\n").map(String.init)
    #expect(lines.allSatisfy { $0.count <= 80 }, "said: \(outcome.output)")
    #expect(lines[0].split(separator: " ").joined(separator: " ") == "start (UTC) end lasts p-value most suspect")
    let incidents = lines.filter { $0.hasPrefix("20") }
    try #require(incidents.count == 2, "said: \(outcome.output)")
    // An hour and twenty-three minutes after 15:06:40; the end is of the same day.
    #expect(incidents[0].hasPrefix("2025-06-15T16:3") && incidents[0].contains("  16:4"))
    #expect(incidents[0].hasSuffix(".../rack0/host5") && incidents[1].hasSuffix(".../rack0/host2"))
    #expect(incidents.allSatisfy { $0.contains("<1e-12") || $0.contains("e-") || $0.contains("0.0") })
    #expect(!incidents.contains { $0.contains("e-300") })
    #expect(lines.contains("    compute/work") && lines.last == "    stopped reporting")
  }

  @Test func incidentsComeAsCommaSeparatedValues() throws {
    try writeCluster()
    let rows = try detect("--format", "csv", "--output", "found").output.split(separator: "\n").map(String.init)
    #expect(rows[0] == "run,start,end,seconds,first_sample,end_sample,p_value,suspect,reasons")
    #expect(rows.count == 3 && rows[1].hasPrefix("table,2025-06-15T16:3"))
    #expect(rows[2].hasSuffix(",cluster-with-a-long-name/rack0/host2,stopped reporting"))
    #expect(try place.text(of: "found/incidents.csv") == rows.map { $0 + "\n" }.joined())
  }

  @Test func entitiesAndChannelsCanBeLeftOut() throws {
    try writeCluster()
    let host = "cluster-with-a-long-name/rack0/host5"
    let left = try Workplace.json(Found.self, detect("--ignore", host, "--format", "json"))
    #expect(left.incidents.map { $0.evidence.entities.first?.entity } == ["cluster-with-a-long-name/rack0/host2"])
    let none = try Workplace.json(
      Found.self, detect("--ignore", "cluster-with-a-long-name", "--format", "json"))
    #expect(none.incidents.isEmpty)
    let channel = try Workplace.json(Found.self, detect("--ignore", "compute/work", "--format", "json"))
    #expect(channel.notices.contains("channel 'compute/work' is missing and not watched"))
    let wrong = try detect("--ignore", "compute/wrok")
    #expect(wrong.status == 65)
    #expect(
      wrong.errors == "strata: there is no entity and no channel 'compute/wrok'; did you mean 'compute/work'?\n")
  }

  @Test func describeSaysHowFarValuesReach() throws {
    try place.write(Workplace.mapping + "\n  - {column: fan, layer: physical}\n", to: "mapping.yaml")
    try place.write("t,host,temp,fan\n" + (0..<20).map { "\(10 * $0),n1,\(-$0),3\n" }.joined(), to: "table.csv")
    #expect(try place.importTable().status == 0)
    let table = try place.strata("describe", "table.zarr").output
    // The minus is one that programs read.
    #expect(table.contains("-19 to 0\n") && table.contains("constant 3\n"), "said: \(table)")
    struct Run: Decodable {
      struct Layer: Decodable { let channels: [Channel] }
      struct Channel: Decodable {
        let minimum: Double
        let maximum: Double
        let isConstant: Bool
      }

      let layers: [Layer]
      let isGrowing: Bool
    }
    let run = try #require(
      try Workplace.json([Run].self, place.strata("describe", "table.zarr", "--format", "json")).first)
    #expect(run.layers[0].channels.map(\.minimum) == [-19, 3] && run.layers[0].channels.map(\.maximum) == [0, 3])
    #expect(run.layers[0].channels.map(\.isConstant) == [false, true] && !run.isGrowing)
  }

  @Test func whatWasWrittenIsSaidInJSON() throws {
    try place.write(Workplace.scenario, to: "tiny.yaml")
    let simulated = try place.strata(
      "simulate", "--scenario", "tiny.yaml", "--seed", "3", "--output", "cluster.zarr", "--format", "json")
    struct Simulation: Decodable {
      let store: String
      let seed: Int
      let sampleCount: Int
      let deviceCount: Int
      let faults: [String]
    }
    let run = try Workplace.json(Simulation.self, simulated)
    #expect(run.store == "cluster.zarr" && run.seed == 3 && run.sampleCount == 600 && run.deviceCount == 4)
    #expect(run.faults == ["thermal-throttling"])
  }
}
