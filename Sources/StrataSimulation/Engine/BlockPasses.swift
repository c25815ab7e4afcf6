import StrataTensor

/// The passes of all micro-batches through one block of one stage, layer by layer.
struct BlockPasses {
  let engine: StepEngine
  let inputs: StepEngine.Inputs
  let stage: Int
  let block: Int
  private let ranks: Range<Int>
  /// Loads relative to an even one, `[layer, rank]`.
  private var loads: [Double] = []
  /// Seconds of dispatch and combine together per layer, and of each `[layer, rank]` by its own port.
  private var exchanges: [Double] = []
  private var ownExchanges: [Double] = []
  /// Seconds of one pass in which each rank reduces with those who share its tensors; empty when nobody does.
  private var reductions: [Double] = []

  private var workload: TrainingWorkload { engine.workload }
  private var map: RankMap { engine.map }

  init(engine: StepEngine, inputs: StepEngine.Inputs, stage: Int, block: Int) {
    (self.engine, self.inputs, self.stage, self.block) = (engine, inputs, stage, block)
    ranks = engine.map.ranks(stage: stage, block: block)
  }

  mutating func run(noise: inout ComputeNoise, into step: inout Step) {
    exchangeTokens(&step)
    if map.tensor > 1 { reduceTensors(&step) }
    let place = stage * map.blocks + block
    let trains = inputs.kind == .training
    for microBatch in 0..<workload.microBatches {
      let forward = pass(microBatch, isForward: true, stalls: microBatch == stallBatch, &noise, &step)
      step.blocks[place].forward.append(forward)
      guard trains else { continue }
      let backward = pass(microBatch, isForward: false, stalls: false, &noise, &step)
      step.blocks[place].backward.append(backward)
    }
    let transfers = map.pipeline > 1 ? Double(workload.microBatches) * (trains ? 2 : 1) : 0
    for rank in ranks { step.ranks[rank].portBytes += transfers * engine.activationBytes }
  }

  private var stallBatch: Int { inputs.number % workload.microBatches }

  /// The loads of all layers and what their exchanges take for one micro-batch.
  private mutating func exchangeTokens(_ step: inout Step) {
    let layers = workload.layersPerStage
    let passes = inputs.kind == .training ? 2.0 : 1
    let groups = map.blockPositions / map.expert
    let perMicroBatch = workload.pairsPerDevice / Double(workload.microBatches)
    let bytes = perMicroBatch * workload.bytesPerToken / Double(map.tensor)
    for layer in 0..<layers {
      let first = loads.count
      for rank in ranks {
        let experts = map.expertIndex(of: rank) * workload.expertsPerPosition
        var tokens = 0.0
        for expert in experts..<experts + workload.expertsPerPosition {
          tokens += inputs.routing.tokens(
            layer: stage * layers + layer, group: map.expertGroup(of: rank), expert: expert)
        }
        loads.append(tokens / workload.pairsPerDevice)
      }
      guard map.expert > 1 else {
        exchanges.append(0)
        ownExchanges += [Double](repeating: 0, count: ranks.count)
        continue
      }
      var slowest = 0.0
      for part in 0..<groups {
        let size = map.expert * map.tensor
        let members = ranks.lowerBound + part * size..<ranks.lowerBound + (part + 1) * size
        let host = engine.hosts[members.lowerBound]
        let numbers = members.map { engine.hosts[$0] - host }
        let exchange = TokenExchange(
          loads: Array(loads[first + part * size..<first + (part + 1) * size]), hosts: numbers,
          hostCount: (numbers.max() ?? 0) + 1, bytes: bytes, resources: inputs.resources[members],
          engine.specification)
        slowest = max(slowest, exchange.duration)
        note(exchange.members, of: members, times: passes * Double(workload.microBatches), &step)
      }
      exchanges.append(2 * slowest)
    }
  }

  /// Two all-reduces of the activations per layer and pass among the ranks that share tensors, over NVLink.
  private mutating func reduceTensors(_ step: inout Step) {
    let passes = Double(workload.microBatches) * (inputs.kind == .training ? 2 : 1)
    let count = 2 * Double(workload.layersPerStage)
    let bytes = count * 2 * Double(map.tensor - 1) * engine.activationBytes
    for rank in ranks {
      reductions.append(count * engine.specification.collectiveLatency + bytes / max(inputs.resources[rank].nvlink, 1))
      step.ranks[rank].linkBytes += passes * bytes
    }
  }

  private mutating func note(
    _ members: [TokenExchange.Member], of ranks: Range<Int>, times: Double, _ step: inout Step
  ) {
    for (member, rank) in zip(members, ranks) {
      step.ranks[rank].portBytes += times * (member.sent + member.received)
      step.ranks[rank].linkBytes += times * (member.linkSent + member.linkReceived)
      step.ranks[rank].creditWait += times * member.creditWait
      step.ranks[rank].incast += times * member.incast
      if inputs.resources[rank].isHostBound { step.ranks[rank].pausing += times * member.duration }
      ownExchanges.append(2 * member.duration)
    }
  }

  /// One pass of one micro-batch; returns how long it takes.
  private func pass(
    _ microBatch: Int, isForward: Bool, stalls: Bool, _ noise: inout ComputeNoise, _ step: inout Step
  ) -> Double {
    let layers = workload.layersPerStage
    let share = isForward ? workload.forwardShare : 1 - workload.forwardShare
    let isLast = stage == map.pipeline - 1
    let lastWork = workload.lastStageWork * (isForward ? workload.lastStageForwardWork : 1) + inputs.stageImbalance
    let stageWork = isLast ? lastWork : 1
    let part = share * stageWork / Double(workload.microBatches)
    let dense = workload.denseSeconds * part
    let expert = workload.expertSeconds * part / Double(layers)
    // A pass and its counterpart in the other direction hide each other's exchanges; together they are one and one.
    let hiding = workload.overlap / (2 * share)
    var (paces, denses) = ([Double](), [Double]())
    var (slowestDense, slowestDelay) = (0.0, 0.0)
    for rank in ranks {
      let resources = inputs.resources[rank]
      let cost = inputs.costs[map.position(of: rank) * workload.microBatches + microBatch]
      let pace = resources.pace * noise.next(rank)
      let work = dense * (1 - workload.attentionShare + workload.attentionShare * cost)
      paces.append(pace)
      denses.append(work * pace)
      step.ranks[rank].nominalWork += work
      let delay = resources.launchDelay + (stalls ? resources.stall : 0)
      step.ranks[rank].hostDelay += delay
      slowestDelay = max(slowestDelay, delay)
      slowestDense = max(slowestDense, work * pace + delay)
    }
    var duration = slowestDense + (reductions.max() ?? 0)
    var experts = [Double](repeating: 0, count: ranks.count)
    var transfers = reductions.isEmpty ? experts : reductions
    for layer in 0..<layers {
      var slowest = 0.0
      for i in paces.indices {
        let time = expert * loads[layer * paces.count + i] * paces[i]
        experts[i] += time
        slowest = max(slowest, time)
      }
      let exchange = exchanges[layer]
      duration += slowest
      guard exchange > 0 else { continue }
      let hidden = hiding * (slowestDense / Double(layers) + slowest)
      let exposed = workload.unhidden * exchange + max(0, (1 - workload.unhidden) * exchange - hidden)
      duration += exposed
      for i in transfers.indices { transfers[i] += exposed * ownExchanges[layer * paces.count + i] / exchange }
    }
    for (i, rank) in ranks.enumerated() {
      let work = denses[i] + experts[i]
      let delay = inputs.resources[rank].launchDelay + (stalls ? inputs.resources[rank].stall : 0)
      step.ranks[rank].work += work
      step.ranks[rank].expertWork += experts[i]
      if isForward { step.ranks[rank].forwardWork += work }
      step.ranks[rank].nominalWork += experts[i] / paces[i]
      step.ranks[rank].transfer += transfers[i]
      step.ranks[rank].wait += max(0, duration - work - delay - transfers[i])
    }
    return duration
  }
}
