import StrataTensor

extension TrainingJob {
  /// Runs one step and logs it.
  func runStep(_ kind: StepEngine.Kind, _ state: inout State, in context: JobContext) {
    let conditions = context.conditions
    let own = conditions.jobs[index]
    let routing = state.router.route(step: state.step, conditions: own)
    let inputs = inputs(kind, state, routing: routing, in: context)
    state.noise.begin(step: state.step, job: index, streams: context.streams)
    let step = engine.run(inputs, noise: &state.noise)
    for rank in state.timelines.indices {
      state.timelines[rank] = RankTimeline(step, rank: rank, map: map, start: state.time)
    }
    state.time += max(step.duration, 1e-3)
    if kind == .training { learn(&state, routing: routing, in: context) }
    log(step, kind, routing, inputs, &state, in: context)
    state.lastStep = step
    state.routing = routing
    state.step += 1
  }

  private func inputs(
    _ kind: StepEngine.Kind, _ state: State, routing: Routing, in context: JobContext
  ) -> StepEngine.Inputs {
    let own = context.conditions.jobs[index]
    let stretch = expectedSeconds(state)
    let resources = devices.map { device in
      RankResources(
        device: device, state: context.devices[device], cluster: context.cluster, context.specification,
        context.conditions, time: state.time, stretch: stretch, step: state.step, job: own,
        collections: (workload.collectionInterval, workload.collectionSeconds), streams: context.streams)
    }
    return StepEngine.Inputs(
      kind: kind, number: state.step, resources: resources, loading: loading(state, in: context),
      costs: costs(state, variation: workload.sequenceVariation + own[.sequenceVariation], context.streams),
      routing: routing, stageImbalance: own[.stageImbalance])
  }

  /// How long a step will take: as long as the last one, unless something went wrong with that.
  private func expectedSeconds(_ state: State) -> Double {
    let work = workload.denseSeconds + workload.expertSeconds
    return state.lastStep.map { min(max(work, $0.duration), 4 * work) } ?? work
  }

  private func loading(_ state: State, in context: JobContext) -> [Double] {
    let (slowness, disks) = (context.conditions[.loadingTime], context.conditions[.diskSpeed])
    var hostTimes: [Int: Double] = [:]
    return devices.indices.map { rank in
      let host = hosts[rank]
      let usual =
        hostTimes[host]
        ?? {
          var generator = context.streams.generator(for: .loading, (index << 40) + state.step, host)
          let time = generator.logNormal(median: workload.loadingSeconds, spread: workload.loadingSpread)
          hostTimes[host] = time
          return time
        }()
      let unlike = 1 + 0.1 * Double((rank &* 7919) % 8) / 8
      // A fifth of the batches passes through the local disk.
      let local = 0.2 * (1 / max(0.001, disks[host]) - 1)
      return usual * (slowness[host] + local) * context.conditions[.readLatency] * unlike
    }
  }

  private func costs(_ state: State, variation: Double, _ streams: RandomStreams) -> [Double] {
    var generator = streams.generator(for: .sequence, index, state.step)
    return (0..<map.positions * workload.microBatches).map { _ in generator.unitMeanLogNormal(variation: variation) }
  }

  private func learn(_ state: inout State, routing: Routing, in context: JobContext) {
    let own = context.conditions.jobs[index]
    var influences = TrainingCurve.Influences(positions: map.positions)
    (influences.gradientScale, influences.lossOffset) = (own[.gradientScale], own[.lossOffset])
    influences.gradientScale *= takeBatch(&state, own, context.streams)
    (influences.logitGrowth, influences.notANumber) = (own[.logitGrowth], own[.notANumber])
    let layers = Double(routing.layers.count)
    influences.dropRate = routing.layers.reduce(0) { $0 + $1.dropRate } / layers
    influences.starved = routing.layers.reduce(0) { $0 + $1.deadFraction } / layers
    // The softmax of a router whose logits have outgrown their number format rounds, and now and then to nonsense.
    influences.notANumber += 0.05 * Double(routing.layers.count { $0.entropy < 0.05 }) / layers
    influences.mismatch = own[.routingMismatch]
    influences.lostOutput = 1 - state.router.norms.reduce(0, +) / Double(state.router.norms.count)
    influences.disagreement = 0.04 * state.router.disagreement + 0.3 * own[.expertShuffle] + 0.1 * own[.mixtureShift]
    corrupt(&influences, &state, in: context)
    state.curve.advance(iteration: state.iteration, step: state.step, influences)
    state.iteration += 1
  }

  /// Lets defective devices corrupt the gradients of their positions.
  private func corrupt(_ influences: inout TrainingCurve.Influences, _ state: inout State, in context: JobContext) {
    state.corruptedExperts = []
    guard context.conditions.isDisturbed else { return }
    let (rates, scales) = (context.conditions[.corruptedSteps], context.conditions[DeviceQuantity.gradientScale])
    let failures = context.conditions[DeviceQuantity.notANumber]
    let seconds = state.time - state.stepStart
    for (rank, device) in devices.enumerated() where rates[device] > 0 {
      var generator = context.streams.generator(for: .corruption, device, state.step)
      let draws = (generator.uniformDouble(), generator.uniformDouble())
      // Defective transistors fail more often when they are hot.
      let heat = exponential((context.devices[device].memoryTemperature - 70) / 15)
      guard draws.0 < rates[device] * min(4, max(0.5, heat)) * seconds / 3600 else { continue }
      let factor = draws.1 < failures[device] ? Double.nan : scales[device]
      influences.corruption[map.position(of: rank)] *= factor * corruptExpert(of: rank, &state, in: context)
    }
  }

  /// Lets a device corrupt one of its experts, if that is what is wrong with it.
  ///
  /// - Returns: The factor on the norm of all its gradients, of which those of one expert are a small part.
  private func corruptExpert(of rank: Int, _ state: inout State, in context: JobContext) -> Double {
    let experts = Double(workload.expertsPerPosition * workload.layersPerStage)
    var sum = 0.0
    for shift in context.conditions.jobs[index].router where shift[.expertCorruption] > 1 {
      guard let expert = shift.expert, expert / workload.expertsPerPosition == map.expertIndex(of: rank) else {
        continue
      }
      for layer in shift.layers where layer / workload.layersPerStage == map.stage(of: rank) {
        state.corruptedExperts.append(CorruptedExpert(layer: layer, expert: expert, factor: shift[.expertCorruption]))
        // Most of what one expert gets wrong is clipped within its own layer.
        sum += logarithm(shift[.expertCorruption])
      }
    }
    return 1 + sum / experts
  }

  /// Writes what the trainer and the collective library log at the end of a step.
  private func log(
    _ step: Step, _ kind: StepEngine.Kind, _ routing: Routing, _ inputs: StepEngine.Inputs, _ state: inout State,
    in context: JobContext
  ) {
    let flops = Double(workload.tokensPerDevice) / max(step.duration, 1e-9)
    for rank in state.ranks.indices {
      state.ranks[rank].step = step.ranks[rank]
      if map.stage(of: rank) > 0 { state.ranks[rank].step.loading = inputs.loading[rank] }
      if kind == .training { record(routing, inputs, rank: rank, &state, in: context) }
    }
    guard kind == .training else { return }
    state.completed += 1
    state.log[.iterationTime] = step.duration
    (state.log[.loss], state.log[.gradientNorm]) = (state.curve.loss, state.curve.gradientNorm)
    state.log[.learningRate] = 3e-4 * min(1, Double(state.iteration) / 2000)
    state.log[.throughput] = flops
    let layers = Double(routing.layers.count)
    state.log[.balancingLoss] = routing.layers.reduce(0) { $0 + $1.balancingLoss } / layers
    state.log[.zLoss] = routing.layers.reduce(0) { $0 + $1.zLoss } / layers
    state.log[.largestLogit] = state.curve.largestLogit
    (state.log[.divergence], state.log[.restarts]) = (state.curve.divergence, Double(state.restarts))
    state.log[.skipped] = state.curve.isSkipped ? 1 : 0
    state.log[.notANumber] = state.curve.loss.isNaN ? 1 : 0
    state.lines.append(
      .iteration(TrainingIteration(time: state.time, iteration: state.iteration, signals: state.log, step: step)))
  }

  /// Notes the load of a rank's experts and the memory that its largest load so far needed.
  private func record(
    _ routing: Routing, _ inputs: StepEngine.Inputs, rank: Int, _ state: inout State, in context: JobContext
  ) {
    let device = devices[rank]
    let first = map.expertIndex(of: rank) * workload.expertsPerPosition
    let group = map.expertGroup(of: rank)
    let stage = map.stage(of: rank)
    var (total, largest, largestLayer) = (0.0, 0.0, 0.0)
    for layer in stage * workload.layersPerStage..<(stage + 1) * workload.layersPerStage {
      var sum = 0.0
      for expert in first..<first + workload.expertsPerPosition {
        let tokens = routing.tokens(layer: layer, group: group, expert: expert)
        sum += tokens
        largest = max(largest, tokens)
      }
      total += sum
      largestLayer = max(largestLayer, sum)
    }
    var log = state.ranks[rank]
    log.expertTokens = total / Double(workload.layersPerStage * workload.expertsPerPosition)
    log.largestExpertTokens = largest
    log.localGradientNorm = state.curve.localNorms[map.position(of: rank)]
    let costs = inputs.costs[
      map.position(of: rank) * workload.microBatches..<(map.position(of: rank) + 1) * workload.microBatches]
    log.sequenceLength = workload.sequenceLength * costs.reduce(0, +) / Double(workload.microBatches)
    let own = context.conditions.jobs[index]
    let used = workload.memoryInUse * own[.memory] + workload.memoryPerLoad * largestLayer / workload.pairsPerDevice
    // A leak takes what this rank has left.
    let leak = context.conditions[DeviceQuantity.memoryLost][device]
    let need = used + leak * max(0, context.specification.memory - used)
    // The caching allocator returns memory within some tens of steps.
    log.memoryUsed = max(need, log.memoryUsed * 0.97)
    let swing = context.conditions[.fragmentation][device]
    log.memoryReserved = log.memoryUsed + 1500 + swing * Double(state.step % 20) / 20
    state.ranks[rank] = log
  }
}
