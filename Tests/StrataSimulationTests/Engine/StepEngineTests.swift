import StrataSimulation
import Testing

@Suite struct StepEngineTests {
  private static func workload(_ change: (inout TrainingWorkload) -> Void = { _ in }) -> TrainingWorkload {
    var workload = TrainingWorkload()
    workload.layers = 8
    workload.microBatches = 4
    workload.expertParallel = 16
    change(&workload)
    return workload
  }

  /// One step of 64 ranks on eight hosts.
  private func step(
    _ kind: StepEngine.Kind = .training, _ workload: TrainingWorkload = workload(), conditions: JobConditions = .init(),
    change: (inout [RankResources]) -> Void = { _ in }
  ) -> (step: Step, routing: Routing, map: RankMap) {
    let map = workload.map(devices: 64)
    let engine = StepEngine(
      map: map, workload: workload, specification: .h100, hosts: (0..<64).map { $0 / 8 })
    var router = Router(
      RouterShape(
        layers: workload.layers, experts: workload.experts, groups: map.expertGroups,
        pairsPerGroup: workload.pairsPerDevice * Double(workload.expertParallel)), workload.router, job: 0,
      streams: RandomStreams(seed: 3))
    let routing = router.route(step: 0, conditions: conditions)
    var healthy = RankResources()
    (healthy.port, healthy.expertPort, healthy.nvlink) = (42.5e9, 42.5e9, 360e9)
    var resources = [RankResources](repeating: healthy, count: 64)
    change(&resources)
    var noise = ComputeNoise(ranks: 64, workload: workload)
    noise.begin(step: 0, job: 0, streams: RandomStreams(seed: 3))
    let inputs = StepEngine.Inputs(
      kind: kind, number: 0, resources: resources, loading: [Double](repeating: 0.02, count: 64),
      costs: [Double](repeating: 1, count: map.positions * workload.microBatches), routing: routing)
    return (engine.run(inputs, noise: &noise), routing, map)
  }

  private static let layouts: [(tensor: Int, expert: Int, pipeline: Int)] = [
    (1, 16, 1), (1, 64, 1), (2, 8, 2), (4, 1, 4),
  ]

  @Test(arguments: layouts) func everySecondOfEveryRankIsAccountedFor(tensor: Int, expert: Int, pipeline: Int) {
    let workload = Self.workload {
      ($0.tensorParallel, $0.expertParallel, $0.pipelineParallel) = (tensor, expert, pipeline)
      $0.embeddingSeconds = pipeline > 1 ? 0.03 : 0
    }
    let step = step(.training, workload).step
    for (rank, own) in step.ranks.enumerated() {
      let stage = rank / (64 / pipeline)
      let loading = stage == 0 ? own.loading : 0
      let total =
        loading + own.work + own.hostDelay + own.wait + own.transfer + own.pipelineWait + own.gradientWait
        + own.gradientTransfer
      #expect((total - step.duration).magnitude < 1e-6 * step.duration + 2e-4, "rank \(rank)")
      #expect(min(own.work, own.wait, own.transfer, own.pipelineWait, own.gradientWait) >= -1e-9)
    }
  }

  @Test func tokensAreConserved() {
    let routing = step().routing
    for layer in 0..<8 {
      for group in 0..<4 {
        let tokens = (0..<64).map { routing.tokens(layer: layer, group: group, expert: $0) }
        #expect(tokens.reduce(0, +) == 32_768 * 4 * 16)
        #expect(tokens.allSatisfy { $0 >= 0 && $0 == $0.rounded() })
      }
    }
  }

  @Test func slowRankWorksLongestAndWaitsLeast() {
    let slow = step { $0[21].pace = 1.25 }.step.ranks
    func waits(_ rank: RankStep) -> Double { rank.wait + rank.gradientWait }
    #expect(slow.indices.max { slow[$0].work < slow[$1].work } == 21)
    #expect(slow.indices.min { waits(slow[$0]) < waits(slow[$1]) } == 21)
    // Its peers wait in every layer, the other blocks for the gradients only.
    let healthy = step().step.ranks
    #expect(slow[20].wait > healthy[20].wait + 0.3)
    #expect((slow[40].wait - healthy[40].wait).magnitude < 1e-9)
    #expect(slow[40].gradientWait > healthy[40].gradientWait + 0.3)
  }

  @Test func slowStageMakesTheOthersWaitInThePipeline() {
    let workload = Self.workload { ($0.pipelineParallel, $0.expertParallel, $0.lastStageWork) = (4, 8, 1.6) }
    let (step, _, map) = step(.training, workload)
    let waits = (0..<4).map { step.ranks[map.ranks(stage: $0, block: 0).lowerBound].pipelineWait }
    #expect(waits[3] < waits[2] && waits[0] > 0.2)
  }

  @Test func slowPortTransfersLongestAndItsRankWaitsLeast() {
    let all = step {
      $0[13].port *= 0.2
      $0[13].expertPort *= 0.2
    }.step.ranks
    #expect(all.indices.max { all[$0].transfer < all[$1].transfer } == 13)
    #expect(all.indices.max { all[$0].creditWait < all[$1].creditWait } == 13)
    let healthy = step().step.ranks
    for peer in 8..<16 where peer != 13 {
      #expect(all[peer].wait - healthy[peer].wait > all[13].wait - healthy[13].wait + 0.2)
    }
    #expect(all[13].portBytes == healthy[13].portBytes)
  }

  @Test func hostThatDoesNotTakeDataPausesItsPeers() {
    let all = step {
      $0[13].port *= 0.4
      $0[13].expertPort *= 0.4
      $0[13].isHostBound = true
    }.step.ranks
    #expect(all[13].pausing > 0.1)
    #expect(all.enumerated().allSatisfy { $0.offset == 13 || $0.element.pausing == 0 })
  }

  @Test func evaluationIsForwardOnly() {
    let (training, evaluation) = (step().step, step(.evaluation).step)
    let ratio = evaluation.ranks[0].nominalWork / training.ranks[0].nominalWork
    #expect((ratio - 1.0 / 3).magnitude < 1e-9)
    #expect(evaluation.ranks.allSatisfy { $0.gradientTransfer == 0 && $0.optimizerWork == 0 })
    #expect(evaluation.duration < 0.45 * training.duration)
  }

  @Test func pauseOfOneProcessDelaysAll() {
    let (healthy, stalled) = (step().step, step { $0[5].stall = 1.5 }.step)
    #expect((stalled.duration - healthy.duration - 1.5).magnitude < 0.1)
    #expect(stalled.ranks[5].hostDelay == 1.5 && stalled.ranks[4].hostDelay == 0)
  }

  @Test func computeNoiseHasItsDeviationAndCorrelation() {
    var workload = TrainingWorkload()
    workload.computeNoise = 0.02
    var noise = ComputeNoise(ranks: 1, workload: workload)
    noise.begin(step: 0, job: 0, streams: RandomStreams(seed: 1))
    let x = (0..<20_000).map { _ in noise.next(0) - 1 }
    let variance = x.reduce(0) { $0 + $1 * $1 } / Double(x.count)
    let covariance = zip(x, x.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / Double(x.count)
    #expect((variance.squareRoot() / 0.02 - 1).magnitude < 0.03)
    #expect((covariance / variance - 0.3).magnitude < 0.03)
  }
}
