import StrataTensor

extension StepEngine {
  /// Reduce-scatter within each stage, the norm over all ranks, the optimiser, and all-gather.
  func exchangeGradients(_ inputs: Inputs, _ step: inout Step) {
    synchroniseEnds(&step)
    let exposed = 1 - workload.gradientOverlap
    let bytes = gradientBytes
    func seconds(_ rank: Int) -> Double {
      let own = inputs.resources[rank]
      return specification.collectiveLatency + max(bytes.port / max(own.port, 1), bytes.link / max(own.nvlink, 1)) / 2
    }
    for stage in 0..<map.pipeline {
      let blocks = stage * map.blocks..<(stage + 1) * map.blocks
      let start = blocks.reduce(0) { max($0, step.blocks[$1].ready) }
      let ranks = stage * map.stageSize..<(stage + 1) * map.stageSize
      // A port that is down for a moment holds up the exchange of gradients, if it has a part in it.
      func reduction(_ rank: Int) -> Double {
        seconds(rank) * exposed + (bytes.port > 0 ? inputs.resources[rank].outage : 0)
      }
      let slowest = ranks.reduce(0) { max($0, reduction($1)) }
      step.stages[stage].reduceStart = start
      step.stages[stage].reduceEnd = start + slowest
      for rank in ranks {
        let own = reduction(rank)
        step.ranks[rank].gradientTransfer += own
        step.ranks[rank].gradientWait +=
          start - step.blocks[stage * map.blocks + map.block(of: rank)].last + slowest - own
      }
    }
    let clipping =
      step.stages.reduce(0) { max($0, $1.reduceEnd) } + specification.collectiveLatency + workload.clipSeconds
    let slowestOptimizer = (0..<map.count).reduce(0) { max($0, workload.optimizerSeconds * inputs.resources[$1].pace) }
    let slowestGather = (0..<map.count).reduce(0) { max($0, seconds($1)) }
    for rank in 0..<map.count {
      let stage = map.stage(of: rank)
      let optimizer = workload.optimizerSeconds * inputs.resources[rank].pace
      let own = seconds(rank)
      step.stages[stage].gatherStart = clipping + slowestOptimizer
      step.ranks[rank].optimizerWork = workload.optimizerSeconds
      step.ranks[rank].work += optimizer
      step.ranks[rank].gradientTransfer += own
      step.ranks[rank].gradientWait +=
        clipping - step.stages[stage].reduceEnd + slowestOptimizer - optimizer + slowestGather - own
      step.ranks[rank].gradientPortBytes = bytes.port
      step.ranks[rank].gradientLinkBytes = bytes.link
    }
    step.duration = clipping + slowestOptimizer + slowestGather
  }

  /// What keeps the first and the last stage from their gradients: the last averages the loss over all replicas, and the
  /// two reduce the embedding that they share; in some jobs the stages of the first replica wait for each other. So the
  /// peers of a slow pipeline wait there, and in the middle they wait for the gradients.
  private func synchroniseEnds(_ step: inout Step) {
    for block in step.blocks.indices {
      step.blocks[block].embeddingStart = step.blocks[block].last
      step.blocks[block].ready = step.blocks[block].last
    }
    guard map.pipeline > 1 else { return }
    let lastStage = (map.pipeline - 1) * map.blocks
    let averaged =
      (0..<map.blocks).reduce(0) { max($0, step.blocks[lastStage + $1].last) } + workload.lossAveragingSeconds
    for block in lastStage..<lastStage + map.blocks { step.blocks[block].embeddingStart = averaged }
    if workload.firstReplicaBarrier {
      let stages = (0..<map.pipeline).map { $0 * map.blocks }
      let latest = stages.reduce(0) { max($0, step.blocks[$1].embeddingStart) }
      for block in stages { step.blocks[block].embeddingStart = latest }
    }
    for block in step.blocks.indices { step.blocks[block].ready = step.blocks[block].embeddingStart }
    guard workload.embeddingSeconds > 0 else { return }
    for block in 0..<map.blocks {
      let reduced = max(step.blocks[block].embeddingStart, averaged) + workload.embeddingSeconds
      step.blocks[block].ready = reduced
      step.blocks[lastStage + block].ready = reduced
    }
  }

  /// Bytes that one rank moves in reduce-scatter and all-gather together.
  ///
  /// Hierarchical rings: within a host over NVLink, then a part of the rest over each port.
  private var gradientBytes: (port: Double, link: Double) {
    let perHost = Double(max(1, min(map.positions, localPositions)))
    let hosts = Double(map.positions) / perHost
    let replicas = Double(map.expertGroups)
    let port =
      workload.denseGradientBytes / perHost * max(0, hosts - 1) / hosts
      + workload.expertGradientBytes * (replicas - 1) / replicas
    return (port, workload.denseGradientBytes * (perHost - 1) / perHost)
  }

  /// Positions of one stage that share the first rank's host.
  private var localPositions: Int {
    hosts[0..<map.stageSize].prefix { $0 == hosts[0] }.count / map.tensor
  }
}
