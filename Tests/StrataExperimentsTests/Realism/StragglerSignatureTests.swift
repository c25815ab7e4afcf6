import StrataExperiments
import StrataTelemetry
import TestSupport
import Testing

@Suite struct StragglerSignatureTests {
  /// Two replicas of two stages, three steps; stage 0 of replica 1 computes twice as long.
  private func operations(slow: (replica: Int?, stage: Int)) -> [TracedOperation] {
    var result: [TracedOperation] = []
    for step in 0..<3 {
      for replica in 0..<2 {
        for stage in 0..<2 {
          let isSlow = (slow.replica ?? replica) == replica && slow.stage == stage
          let factor = isSlow ? 2.0 : 1
          func add(_ kind: TracedOperation.Kind, _ start: Double, _ duration: Double) {
            result.append(
              TracedOperation(
                step: step, replica: replica, stage: stage, kind: kind, slot: 0, start: start, duration: duration))
          }
          add(.forwardCompute, 0, 1 * factor)
          add(.backwardCompute, 3, 2 * factor + 0.1 * Double(step))
          add(.reduceScatter, 7, replica == slow.replica ? 0.5 : 4.5 + Double(stage))
        }
      }
    }
    return result
  }

  @Test func aSlowWorkerIsSetAgainstItsStageAndItsReplicaAgainstTheOthers() {
    let signature = StragglerSignature(operations(slow: (1, 0)), culprit: .worker(replica: 1, stage: 0))
    #expect((signature.computeRatio - 6.1 / 3.1).magnitude < 1e-12)
    #expect(signature[.reduceScatter, 0] == .init(culprit: 0.5, peers: 4.5))
    #expect(signature[.reduceScatter, 1] == .init(culprit: 0.5, peers: 5.5))
    #expect(signature[.reduceScatter, 1].wait == 5)
    #expect((signature.stepTime - 12.5).magnitude < 1e-12)
    #expect(signature[.clip, 0].wait == nil && signature[.reduceScatter, 9] == .init())
  }

  @Test func aSlowStageIsSetAgainstTheOthers() {
    let signature = StragglerSignature(operations(slow: (nil, 1)), culprit: .stage(1))
    #expect((signature.computeRatio - 6.1 / 3.1).magnitude < 1e-12)
    #expect(signature[.forwardCompute, 1] == .init(culprit: 2, peers: nil))
    #expect(signature[.forwardCompute, 0] == .init(culprit: nil, peers: 1))
  }

  @Test func nobodyBesideTheCulpritIsAMistake() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = StragglerSignature(
        [.init(step: 0, replica: 0, stage: 0, kind: .forwardCompute, slot: 0, start: 0, duration: 1)],
        culprit: .stage(0))
    }
    expectMessage("StragglerSignature: nobody computes as or beside stage(0)", from: result)
  }

  @Test func readsATraceAndNamesTheLineOfAnUnknownOperation() throws {
    let folder = TemporaryFolder()
    let header = "dp_rank,stage,rank,step,optype,start_ts,duration,seq_id,mc,mb_id,gmc\n"
    try folder.write(header + "3,1,7,16,backward-compute,2.5,0.25,4,0,4,0\n", to: "trace.csv")
    #expect(
      try TracedOperation.all(contentsOf: folder("trace.csv")) == [
        .init(step: 16, replica: 3, stage: 1, kind: .backwardCompute, slot: 4, start: 2.5, duration: 0.25)
      ])
    try folder.write(header + "3,1,7,16,sideways,2.5,0.25,4,0,4,0\n", to: "unknown.csv")
    #expect(throws: TelemetryFileError("there is no operation 'sideways'", source: folder("unknown.csv"), line: 2)) {
      try TracedOperation.all(contentsOf: folder("unknown.csv"))
    }
    try folder.write(header + "3,1,7,16,gc,2.5,,4,0,4,0\n", to: "missing.csv")
    #expect(
      throws: TelemetryFileError("column 'duration' is not a finite number", source: folder("missing.csv"), line: 2)
    ) { try TracedOperation.all(contentsOf: folder("missing.csv")) }
    try folder.write(header + "3,-1,7,16,gc,2.5,0,4,0,4,0\n", to: "stage.csv")
    #expect(
      throws: TelemetryFileError(
        "column 'stage' is not a whole number from zero", source: folder("stage.csv"), line: 2)
    ) { try TracedOperation.all(contentsOf: folder("stage.csv")) }
  }
}
