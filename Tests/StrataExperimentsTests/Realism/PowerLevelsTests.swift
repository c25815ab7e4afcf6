import StrataExperiments
import StrataTelemetry
import TestSupport
import Testing

@Suite struct PowerLevelsTests {
  private let phases = RunPhases(
    run: 0...500, evaluations: [100...120, 200...220, 300...320, 400...420], steps: [10, 10, 11])

  /// 7000 W in training, 6000 W in evaluations, transitions at the edges of evaluations, warm-up before 20 s.
  private func record(_ host: Int, offset: Double) -> PowerRecord {
    let times = (0..<500).map(Double.init)
    let watts = times.map { time -> Double in
      if time < 20 { return 1000 }
      let evaluation = phases.evaluations.first { time >= $0.lowerBound - 1 && time <= $0.upperBound + 1 }
      guard let evaluation else { return 7000 + offset }
      let isInside = time > evaluation.lowerBound + 2 && time < evaluation.upperBound - 2
      return isInside ? 6000 + offset : 3000
    }
    return PowerRecord(host: host, times: times, watts: watts)
  }

  @Test func levelsLeaveOutEdgesAndWarmUp() {
    let levels = PowerLevels([record(0, offset: 0), record(1, offset: 100)], phases: phases)
    #expect(levels.training.mean == 7050 && levels.evaluation.mean == 6050)
    #expect((levels.ratio - 6050.0 / 7050).magnitude < 1e-12)
    #expect((levels.training.hostDeviation - 100 / 2.0.squareRoot()).magnitude < 1e-9)
    #expect(levels.training.sampleDeviation == 0 && levels.training.samples.quantile(0) == 7000)
    #expect(levels.stepTime == 10 && levels.evaluationTime == 20 && levels.evaluationSpacing == 100)
  }

  @Test func identicalRecordsCountOnce() {
    let records = [record(0, offset: 0), record(3, offset: 5), record(7, offset: 0)]
    #expect(records.independent.map(\.host) == [0, 3])
  }

  @Test func readsPowerAndEvents() throws {
    let folder = TemporaryFolder()
    try folder.write("node,time_ms,watts\n2,1000,50\n1,1000,60\n2,3000,55\n", to: "power.csv")
    #expect(
      try PowerRecord.all(contentsOf: folder("power.csv")) == [
        PowerRecord(host: 1, times: [1], watts: [60]), PowerRecord(host: 2, times: [1, 3], watts: [50, 55]),
      ])
    let header = "time_ms,rank,event_type,key,value,step_or_samples\n"
    try folder.write(
      header + """
        1000,0,INTERVAL_START,run_start,,
        2000,0,POINT_IN_TIME,tracked_stats.train_step_timing in s,1.5,64
        3000,0,INTERVAL_START,eval_start,,
        4000,0,INTERVAL_END,eval_stop,,
        9000,0,INTERVAL_END,run_stop,success,

        """, to: "events.csv")
    let expected = RunPhases(run: 1...9, evaluations: [3...4], steps: [1.5])
    #expect(try RunPhases(contentsOf: folder("events.csv")) == expected)
    try folder.write(header + "3000,0,INTERVAL_END,eval_stop,,\n", to: "stop.csv")
    #expect(
      throws: TelemetryFileError("an evaluation stops that did not start", source: folder("stop.csv"), line: 2)
    ) { try RunPhases(contentsOf: folder("stop.csv")) }
    try folder.write(header + "3000,0,INTERVAL_START,run_start,,\n", to: "open.csv")
    #expect(throws: TelemetryFileError("the run has no start, or no stop after it", source: folder("open.csv"))) {
      try RunPhases(contentsOf: folder("open.csv"))
    }
  }
}
