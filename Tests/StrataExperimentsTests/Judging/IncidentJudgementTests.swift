import StrataTelemetry
import StrataTensor
import Testing

import StrataExperiments

@Suite struct IncidentJudgementTests {
  private func judge(_ incidents: [(Range<Int>, [EntityPath])]) -> IncidentJudgement {
    IncidentJudgement(
      incidents.map { .init(samples: $0.0, suspects: $0.1) }, scores: [], of: run, late: (found: 2, excused: 10))
  }

  /// Two hosts: one fault in each, and one of the job.
  private let run = Run(
    name: "r", start: 0, interval: 1, sampleCount: 400,
    layers: [
      LayerSeries(
        layer: .compute, entities: ["c/host0/rank0", "c/host1/rank1", "c/job"], channels: [Channel(name: "x")],
        values: NDArray([400, 3, 1]) { $0.initialize(repeating: 0) })
    ],
    labels: [
      FaultLabel(kind: "a", entity: "c/host0/rank0", interval: 120..<140),
      FaultLabel(kind: "b", entity: "c/host1/rank1", interval: 200..<220),
      FaultLabel(kind: "c", entity: "c/job", interval: 300..<320),
      FaultLabel(kind: "benign:d", entity: "c/host0/rank0", interval: 250..<260, isBenign: true),
    ], split: RunSplit(trainingEnd: 100))

  @Test func anIncidentCountsForOneFault() {
    let judged = judge([(118..<215, ["c/host0/rank0"])])
    #expect(judged.faults == 3 && judged.found == 1 && judged.falseAlarms == 0)
    #expect(judged.hosts == 1 && judged.rightHosts == 1)
    // 60 samples have a fault, and 30 are excused after one.
    #expect(judged.quiet == 210 && judged.alarmed == 2 + 50)
  }

  @Test func repeatedIncidentsAreNeitherFoundNorFalse() {
    let judged = judge([(120..<125, ["c/job", "c/host1/rank1"]), (135..<139, []), (305..<306, ["c/host0"])])
    #expect(judged.found == 2 && judged.falseAlarms == 0)
    // The job is no host: who comes after it is blamed.
    #expect(judged.hosts == 1 && judged.rightHosts == 0)
  }

  @Test func whatMeetsNoFaultIsFalse() {
    // In training time, excused, in a benign change, and before a fault.
    let judged = judge([(50..<60, []), (145..<148, []), (252..<255, []), (180..<190, [])])
    #expect(judged.found == 0 && judged.falseAlarms == 2)
  }

  @Test func lateAlarmsAreStillFound() { #expect(judge([(141..<145, [])]).found == 1) }
}
