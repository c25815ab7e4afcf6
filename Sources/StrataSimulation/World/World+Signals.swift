import StrataTensor

/// What the signals of one sample are made from.
struct SampleFacts {
  let state: WorldState
  let sums: [DeviceSums]
  let conditions: Conditions
  /// The sample, and when it begins and ends.
  let sample: Int
  let time: Double
  let seconds: Double
  /// The Xids of the sample, by device.
  let xids: [Int: Double]
}

extension World {
  /// How many entities there are of each kind.
  package var entityCounts: [Int] {
    let shapes = jobs.map(\.routerShape)
    return [
      cluster.devices.count, cluster.hosts.count, jobs.count, shapes.reduce(0) { $0 + $1.layers },
      shapes.reduce(0) { $0 + $1.layers * $1.experts },
    ]
  }

  /// Notes the exact signals of every entity at the end of a sample.
  func note(
    _ state: WorldState, _ sums: [DeviceSums], _ conditions: Conditions, into block: inout SignalBlock
  ) {
    let time = Double(state.sample) * scenario.interval
    let facts = SampleFacts(
      state: state, sums: sums, conditions: conditions, sample: state.sample, time: time, seconds: scenario.interval,
      xids: xids(state, from: time, to: time + scenario.interval))
    block.append(deviceRows(facts), of: .device)
    block.append(hostRows(facts), of: .host)
    var (jobRows, routerRows, expertRows) = ([Float](), [Float](), [Float]())
    for (job, own) in zip(jobs, state.jobs) {
      var log = own.log
      if job.index < training.count {
        log[.iteration] = Double(state.training[job.index].completed - state.completed[job.index])
      }
      log[.checkpointing] = own.lifecycle == .checkpoint ? 1 : 0
      log[.evaluating] = own.lifecycle == .evaluation ? 1 : 0
      if facts.lost(conditions.jobs[job.index][.logLoss], streams: streams, job.index) { log = SignalRow() }
      jobRows += log.values.map { Float($0) }
      appendRouters(of: job, own, facts, &routerRows, &expertRows)
    }
    block.append(jobRows, of: .job)
    block.append(routerRows, of: .router)
    block.append(expertRows, of: .expert)
    block.endSample()
  }

  private func appendRouters(
    of job: any SimulatedJob, _ state: any SimulatedJobState, _ facts: SampleFacts, _ routers: inout [Float],
    _ experts: inout [Float]
  ) {
    let shape = job.routerShape
    guard let routing = state.routing else {
      routers += [Float](repeating: .nan, count: shape.layers * RouterSignal.allCases.count)
      experts += [Float](repeating: .nan, count: shape.layers * shape.experts * ExpertSignal.allCases.count)
      return
    }
    let router = state.router
    let gradient = state.log[.gradientNorm]
    for layer in 0..<shape.layers {
      let own = routing.layers[layer]
      for value in [
        own.balancingLoss, own.zLoss, own.entropy, own.maximalViolation, own.deadFraction, own.dropRate,
        own.largestBias,
      ] { routers.append(Float(value)) }
      for expert in 0..<shape.experts {
        var tokens = 0.0
        for group in 0..<shape.groups { tokens += routing.tokens(layer: layer, group: group, expert: expert) }
        let place = layer * shape.experts + expert
        var corruption = 1.0
        for corrupted in state.corruptedExperts where corrupted.expert == expert && corrupted.layer == layer {
          corruption *= corrupted.factor
        }
        let share = tokens / Double(shape.groups) / shape.pairsPerGroup * Double(shape.experts)
        let norm = router.norms[place]
        experts.append(Float(tokens / Double(shape.groups)))
        // A norm of gradients grows with the root of the tokens; what an expert does not put out, it does not learn from.
        let usual = gradient.isFinite ? gradient : 0.3
        experts.append(Float(usual / Double(shape.experts).squareRoot() * share.squareRoot() * norm * corruption))
        experts.append(Float(20 * norm * (1 + 0.01 * logarithm(max(1, corruption)))))
        experts.append(Float(router.bias(layer: layer, expert: expert)))
      }
    }
  }
}

extension SampleFacts {
  /// Whether something that is lost with a probability is lost in this sample.
  func lost(_ probability: Double, streams: RandomStreams, _ index: Int) -> Bool {
    guard probability > 0 else { return false }
    var generator = streams.generator(for: .scrape, -1 - index, sample)
    return generator.uniformDouble() < probability
  }
}

/// The signals of one entity in the sample that is being written.
struct SignalRowView<Signal: SignalSet> {
  let values: UnsafeMutableBufferPointer<Float>

  subscript(signal: Signal) -> Double {
    get { Double(values[signal.rawValue]) }
    nonmutating set { values[signal.rawValue] = Float(newValue) }
  }
}

typealias DeviceRow = SignalRowView<DeviceSignal>
typealias HostRow = SignalRowView<HostSignal>
