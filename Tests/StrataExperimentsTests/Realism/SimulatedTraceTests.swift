import StrataExperiments
import StrataSimulation
import StrataTensor
import Testing

/// One step of the engine, read as a trace of it would be.
@Suite struct SimulatedTraceTests {
  /// Two replicas of two stages; the first stage of the first replica computes at half speed.
  private func operations(_ change: (inout TrainingWorkload) -> Void = { _ in }) -> [TracedOperation] {
    var workload = TrainingWorkload()
    (workload.pipelineParallel, workload.expertParallel, workload.microBatches) = (2, 1, 8)
    (workload.layers, workload.experts, workload.expertsPerToken) = (2, 1, 1)
    (workload.denseSeconds, workload.expertSeconds, workload.bytesPerToken) = (8, 0, 0)
    (workload.lossAveragingSeconds, workload.embeddingSeconds, workload.clipSeconds) = (0.1, 0.2, 0.3)
    (workload.computeNoise, workload.sequenceVariation) = (0, 0)
    (workload.denseGradientBytes, workload.expertGradientBytes) = (0, 0)
    change(&workload)
    let map = workload.map(devices: 4)
    var resources = RankResources()
    (resources.port, resources.expertPort, resources.nvlink) = (1e12, 1e12, 1e12)
    var all = [RankResources](repeating: resources, count: 4)
    all[0].pace = 2
    let engine = StepEngine(map: map, workload: workload, specification: .h100, hosts: [0, 0, 0, 0])
    let shape = RouterShape(layers: 2, experts: 1, groups: 2, pairsPerGroup: workload.pairsPerDevice)
    var router = Router(shape, workload.router, job: 0, streams: RandomStreams(seed: 1))
    var noise = ComputeNoise(ranks: 4, workload: workload)
    let step = engine.run(
      StepEngine.Inputs(
        kind: .training, number: 0, resources: all, loading: [0, 0, 0, 0], costs: [Double](repeating: 1, count: 16),
        routing: router.route(step: 0, conditions: JobConditions())), noise: &noise)
    return TracedOperation.all(of: step, number: 7, map: map, workload)
  }

  @Test func theSlowReplicaWaitsInReceivesAndItsPeersForGradients() throws {
    let signature = StragglerSignature(operations(), culprit: .worker(replica: 0, stage: 0))
    #expect((signature.computeRatio - 2).magnitude < 1e-9)
    // A forward and a backward pass take a second on all stages but the slow one, where they take two.
    let receive = try #require(signature[.forwardReceive, 1].culprit)
    #expect((receive - 1).magnitude < 0.01)
    let embedding = signature[.reduceEmbedding, 0]
    let (culprit, peers) = (try #require(embedding.culprit), try #require(embedding.peers))
    #expect(culprit < 0.5)
    #expect(peers > 5.5)
    #expect(try #require(signature[.clip, 1].peers) >= 0.3)
  }

  @Test func operationsOfARankFollowEachOtherWithoutAGap() {
    let operations = operations()
    for replica in 0..<2 {
      for stage in 0..<2 {
        let own = operations.filter { $0.replica == replica && $0.stage == stage }.sorted { $0.start < $1.start }
        #expect(own.count == 16 + 8 + 4 && own.allSatisfy { $0.step == 7 && $0.duration >= 0 })
        let passes = own.filter { $0.kind.rawValue.hasSuffix("compute") || $0.kind.rawValue.hasSuffix("recv") }
        for (before, after) in zip(passes, passes.dropFirst()) {
          #expect((after.start - before.end).magnitude < 1e-9 || stage == 0 && before.slot == after.slot)
        }
      }
    }
  }

  @Test func aBarrierLetsTheFirstReplicaReduceLaterInTheMiddle() throws {
    func start(_ hasBarrier: Bool) throws -> Double {
      try #require(
        operations { ($0.firstReplicaBarrier, $0.embeddingSeconds) = (hasBarrier, 0) }.first {
          $0.kind == .reduceScatter && $0.replica == 0 && $0.stage == 1
        }
      ).start
    }
    #expect(try start(true) > start(false) + 0.5)
  }

  @Test func theLastStageCanWorkLongerForward() throws {
    let longer = operations { ($0.lastStageWork, $0.lastStageForwardWork) = (1.5, 2) }
    func duration(_ kind: TracedOperation.Kind, _ stage: Int) throws -> Double {
      try #require(longer.first { $0.kind == kind && $0.replica == 1 && $0.stage == stage }).duration
    }
    #expect(try (duration(.forwardCompute, 1) / duration(.forwardCompute, 0) - 3).magnitude < 1e-9)
    #expect(try (duration(.backwardCompute, 1) / duration(.backwardCompute, 0) - 1.5).magnitude < 1e-9)
  }
}
