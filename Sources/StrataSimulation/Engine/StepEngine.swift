import StrataTensor

/// Runs one step of a synchronous job.
///
/// The events are operations and collectives. An operation starts when its rank is free and its inputs are there; a
/// collective starts when its last member arrives and ends when its slowest member's bytes have moved. So a slow rank
/// makes its whole group wait, and has itself the longest work and the shortest wait.
package struct StepEngine: Sendable {
  package enum Kind: Sendable {
    /// Forward, backward, gradients, optimiser.
    case training
    /// Forward only.
    case evaluation
  }

  /// What a step meets.
  package struct Inputs: Sendable {
    package var kind: Kind
    /// Which step this is; addresses its randomness.
    package var number: Int
    package var resources: [RankResources]
    /// Seconds until each rank has its batch.
    package var loading: [Double]
    /// The relative cost of attention, `[position, micro-batch]`.
    package var costs: [Double]
    package var routing: Routing
    /// Added to the relative work of the last stage.
    package var stageImbalance = 0.0

    package init(
      kind: Kind, number: Int, resources: [RankResources], loading: [Double], costs: [Double], routing: Routing,
      stageImbalance: Double = 0
    ) {
      (self.kind, self.number, self.resources, self.loading) = (kind, number, resources, loading)
      (self.costs, self.routing, self.stageImbalance) = (costs, routing, stageImbalance)
    }
  }

  package let map: RankMap
  package let workload: TrainingWorkload
  package let specification: DeviceSpecification
  /// The host of each rank.
  let hosts: [Int]

  package init(
    map: RankMap, workload: TrainingWorkload, specification: DeviceSpecification, hosts: [Int]
  ) {
    (self.map, self.workload, self.specification, self.hosts) = (map, workload, specification, hosts)
  }

  package func run(_ inputs: Inputs, noise: inout ComputeNoise) -> Step {
    var step = Step(
      ranks: [RankStep](repeating: RankStep(), count: map.count),
      blocks: [Step.BlockTimes](repeating: .init(), count: map.pipeline * map.blocks),
      stages: [Step.StageTimes](repeating: .init(), count: map.pipeline))
    for rank in 0..<map.count where map.stage(of: rank) == 0 { step.ranks[rank].loading = inputs.loading[rank] }
    for stage in 0..<map.pipeline {
      for block in 0..<map.blocks {
        var passes = BlockPasses(engine: self, inputs: inputs, stage: stage, block: block)
        passes.run(noise: &noise, into: &step)
      }
    }
    for block in 0..<map.blocks { schedule(block, inputs, &step) }
    if inputs.kind == .training {
      exchangeGradients(inputs, &step)
    } else {
      step.duration = step.blocks.reduce(0) { max($0, $1.last) }
      for rank in 0..<map.count { step.ranks[rank].gradientWait = step.duration - times(of: rank, step).last }
    }
    return step
  }

  private func times(of rank: Int, _ step: Step) -> Step.BlockTimes {
    step.blocks[map.stage(of: rank) * map.blocks + map.block(of: rank)]
  }

  /// Lets the stages of one pipeline take their micro-batches.
  private func schedule(_ block: Int, _ inputs: Inputs, _ step: inout Step) {
    let places = (0..<map.pipeline).map { $0 * map.blocks + block }
    var starts = [Double](repeating: 0, count: map.pipeline)
    starts[0] = map.ranks(stage: 0, block: block).reduce(0) { max($0, inputs.loading[$1]) }
    let backward = inputs.kind == .training ? places.map { step.blocks[$0].backward } : []
    let pipeline = Pipeline(
      forward: places.map { step.blocks[$0].forward }, backward: backward,
      transfer: (0..<map.pipeline).map { transferSeconds(after: $0, block: block, inputs) }, start: starts)
    for (stage, place) in places.enumerated() {
      let first = pipeline.forwardStart[stage].first ?? 0
      let busy = step.blocks[place].forward.reduce(0, +) + step.blocks[place].backward.reduce(0, +)
      step.blocks[place].first = first
      step.blocks[place].last = pipeline.last[stage]
      step.blocks[place].forwardStart = pipeline.forwardStart[stage]
      step.blocks[place].backwardStart = backward.isEmpty ? [] : pipeline.backwardStart[stage]
      for rank in map.ranks(stage: stage, block: block) {
        step.ranks[rank].wait += starts[stage] - step.ranks[rank].loading * (stage == 0 ? 1 : 0)
        step.ranks[rank].pipelineWait = pipeline.last[stage] - starts[stage] - busy
      }
    }
  }

  /// Seconds for the activations of one micro-batch to reach the next stage.
  private func transferSeconds(after stage: Int, block: Int, _ inputs: Inputs) -> Double {
    guard stage < map.pipeline - 1 else { return 0 }
    let slowest = map.ranks(stage: stage, block: block).reduce(Double.infinity) { min($0, inputs.resources[$1].port) }
    return specification.collectiveLatency + activationBytes / max(slowest, 1)
  }

  /// Bytes of one micro-batch's activations at one rank.
  var activationBytes: Double {
    Double(workload.tokensPerDevice / workload.microBatches) * workload.bytesPerToken / Double(map.tensor)
  }
}
