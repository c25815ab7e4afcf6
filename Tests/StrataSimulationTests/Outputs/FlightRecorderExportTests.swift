import Foundation
import StrataSimulation
import TestSupport
import Testing

@Suite struct FlightRecorderExportTests {
  private func dumps(_ cluster: RecordedCluster) throws -> [DumpLine] {
    try JSONDecoder().decode([DumpLine].self, from: cluster.folder.data(of: "recorders/dumps.json"))
  }

  private func ranks(_ cluster: RecordedCluster, _ dump: DumpLine) throws -> [Int: RecorderDump] {
    var ranks: [Int: RecorderDump] = [:]
    for name in cluster.folder.names(in: "recorders/\(dump.folder)") {
      let rank = try #require(Int(name.replacing("nccl_trace_rank_", with: "").replacing(".json", with: "")))
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      ranks[rank] = try decoder.decode(
        RecorderDump.self, from: cluster.folder.data(of: "recorders/\(dump.folder)/\(name)"))
    }
    return ranks
  }

  @Test func aRankThatStaysAwayIsTheOnlyOneThatHasNotEntered() throws {
    let cluster = try RecordedCluster(
      "  - {kind: collective-desync, entity: c0/rack0/host0/gpu2, at: 200, duration: 300, severity: 1, precursor: false}"
    )
    let dump = try #require(dumps(cluster).first)
    #expect(dump.reason == "hang" && dump.missingRanks.isEmpty && dump.job == "c0/train")
    #expect(try dumps(cluster).count == 1)
    let ranks = try ranks(cluster, dump)
    #expect(ranks.count == 16)
    let stalled = ranks.filter { $0.value.entries.last?.state == "started" }.keys.sorted()
    #expect(stalled == (0..<16).filter { $0 != 2 })
    // The peers of its expert group wait in the collective that it never entered.
    let group = "EXPERT_MODEL_PARALLEL_GROUP"
    func last(_ rank: Int) throws -> Int {
      try #require(ranks[rank]?.entries.last { $0.processGroup[1] == group }?.collectiveSeqId)
    }
    let entered = try last(2)
    for peer in [0, 1, 3] { #expect(try last(peer) == entered + 1) }
    // The other group of the stage did its work and waits at the gradients.
    for rank in 4..<8 { #expect(ranks[rank]?.entries.last?.processGroup[1] != group) }
  }

  @Test func whoDiedLeavesNoDump() throws {
    let cluster = try RecordedCluster(
      """
        - {kind: bus-off, entity: c0/rack0/host1/gpu1, at: 200, duration: 90, severity: 1, precursor: false}
        - {kind: hbm-errors, entity: c0/rack0/host0/gpu3, at: 450, duration: 60, severity: 1, precursor: false}
      """)
    let dumps = try dumps(cluster)
    #expect(dumps.map(\.reason) == ["hang", "crash"])
    #expect(dumps.map(\.missingRanks) == [[5], [3]])
    for dump in dumps {
      let ranks = try ranks(cluster, dump)
      #expect(ranks.count == 15 && ranks[dump.missingRanks[0]] == nil)
      #expect(ranks.values.allSatisfy { $0.entries.last?.state == "started" })
    }
    // The watchdog takes a minute; a crash is noticed at once.
    let start = cluster.simulator.scenario.start
    #expect((dumps[0].time - start - 260).magnitude < 5 && (dumps[1].time - start - 450).magnitude < 2)
  }

  @Test func aDeadHostTakesAllItsDumpsWithIt() throws {
    let cluster = try RecordedCluster(
      "  - {kind: host-crash, entity: c0/rack0/host3, at: 200, duration: 300, severity: 1, precursor: false}")
    let dump = try #require(dumps(cluster).first)
    #expect(dump.missingRanks == [12, 13, 14, 15])
  }

  @Test func timesGrowAndCollectivesEndTogether() throws {
    let cluster = try RecordedCluster(
      "  - {kind: nic-down, entity: c0/rack0/host0/gpu0, at: 300, duration: 300, severity: 1, precursor: false}",
      sensors: "clockOffset: 0")
    let dump = try #require(dumps(cluster).first)
    let ranks = try ranks(cluster, dump)
    #expect(dump.reason == "hang" && ranks.count == 16)
    for (rank, recorder) in ranks {
      #expect(recorder.entries.count == 300)
      for entry in recorder.entries where entry.state == "completed" {
        #expect(entry.timeCreatedNs < entry.timeDiscoveredStartedNs, "rank \(rank)")
        #expect(entry.timeDiscoveredStartedNs <= entry.timeDiscoveredCompletedNs, "rank \(rank)")
      }
    }
    struct Key: Hashable {
      let group: String
      let number: Int
    }
    var ends: [Key: Set<Int>] = [:]
    for recorder in ranks.values {
      for entry in recorder.entries
      where entry.state == "completed" && entry.processGroup[1] == "EXPERT_MODEL_PARALLEL_GROUP" {
        ends[Key(group: entry.processGroup[0], number: entry.collectiveSeqId), default: []].insert(
          entry.timeDiscoveredCompletedNs)
      }
    }
    #expect(ends.count > 100)
    #expect(ends.values.allSatisfy { $0.max()! - $0.min()! < 2 })
  }

  @Test func nothingIsDumpedWhenNothingHangs() throws {
    let cluster = try RecordedCluster("  - {kind: F13, at: 200, duration: 100, severity: 0.8, precursor: false}")
    #expect(try dumps(cluster).isEmpty)
    #expect(cluster.folder.names(in: "recorders") == ["dumps.json"])
  }

  @Test func aPlannedRestartDumpsNothing() throws {
    let cluster = try RecordedCluster(
      "  - {kind: F13, at: 200, duration: 100, severity: 0.8, precursor: false}\nbenign:\n"
        + "  - {kind: planned-restart, at: 350, duration: 150, severity: 1}")
    #expect(try dumps(cluster).isEmpty)
    #expect(try cluster.truth.benign.count { $0.kind == "restart" } == 2)
  }
}
