package import StrataSimulation

extension TracedOperation {
  /// The operations of a training step as a trace of it would record them: what follows its predecessor on a rank and
  /// waits is recorded with its wait. Every replica is one block of ranks; the optimiser is left out.
  ///
  /// - Precondition: The step trains.
  package static func all(of step: Step, number: Int, map: RankMap, _ workload: TrainingWorkload) -> [TracedOperation] {
    var operations: [TracedOperation] = []
    let lastStage = map.pipeline - 1
    let clipEnd = step.stages.map(\.reduceEnd).max()! + workload.clipSeconds
    for stage in 0..<map.pipeline {
      for block in 0..<map.blocks {
        let times = step.blocks[stage * map.blocks + block]
        func add(_ kind: Kind, _ slot: Int = 0, from start: Double, to end: Double) {
          operations.append(
            TracedOperation(
              step: number, replica: block, stage: stage, kind: kind, slot: slot, start: start, duration: end - start))
        }
        var free = stage == 0 ? times.first : 0
        for pass in passes(of: times) {
          let receive: Kind = pass.isForward ? .forwardReceive : .backwardReceive
          if stage != (pass.isForward ? 0 : lastStage) { add(receive, pass.slot, from: free, to: pass.start) }
          add(pass.isForward ? .forwardCompute : .backwardCompute, pass.slot, from: pass.start, to: pass.end)
          free = pass.end
        }
        let isEnd = map.pipeline > 1 && (stage == 0 || stage == lastStage) && workload.embeddingSeconds > 0
        if isEnd { add(.reduceEmbedding, from: times.embeddingStart, to: times.ready) }
        let stageTimes = step.stages[stage]
        add(.reduceScatter, from: times.ready, to: stageTimes.reduceEnd)
        add(.clip, from: stageTimes.reduceEnd, to: clipEnd)
        add(.gatherParameters, from: stageTimes.gatherStart, to: step.duration)
      }
    }
    return operations
  }

  private static func passes(of times: Step.BlockTimes) -> [(isForward: Bool, slot: Int, start: Double, end: Double)] {
    let forward = times.forward.indices.map {
      (true, $0, times.forwardStart[$0], times.forwardStart[$0] + times.forward[$0])
    }
    let backward = times.backward.indices.map {
      (false, $0, times.backwardStart[$0], times.backwardStart[$0] + times.backward[$0])
    }
    return (forward + backward).sorted { $0.2 < $1.2 }
  }

  /// The operations of every step of the first training job that begins after the scenario's training time.
  ///
  /// - Precondition: There is a training job, and no step is shorter than a sample.
  static func all(simulating scenario: Scenario, seed: UInt64) throws -> [TracedOperation] {
    try steps(of: scenario, seed: seed) { step, number, job in
      all(of: step, number: number, map: job.map, job.workload)
    }.flatMap { $0 }
  }

  /// Something about every step of the first training job after the scenario's training time that can be seen: the last
  /// that has begun when a sample is taken.
  static func steps<Result>(
    of scenario: Scenario, seed: UInt64, _ body: (Step, Int, TrainingJob) -> Result
  ) throws -> [Result] {
    let simulator = try Simulator(scenario, seed: seed)
    let world = simulator.world
    guard let job = world.training.first else { throw ExperimentError("\(scenario.name): no job trains") }
    let faults = Array(simulator.faults.indices)
    var state = world.initial
    var seen = -1
    var results: [Result] = []
    while state.sample < scenario.sampleCount {
      var unused = SignalBlock(counts: world.entityCounts, firstSample: state.sample, reserving: 1)
      world.advance(&state, faults: faults, into: &unused)
      let own = state.training[0]
      guard own.step != seen, let step = own.lastStep else { continue }
      seen = own.step
      let trains = !step.blocks[0].backward.isEmpty
      if trains, own.stepStart >= scenario.training { results.append(body(step, own.step, job)) }
    }
    guard !results.isEmpty else { throw ExperimentError("\(scenario.name): no step after the training time") }
    return results
  }
}
