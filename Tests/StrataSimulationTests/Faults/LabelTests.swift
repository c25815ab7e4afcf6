import StrataSimulation
import StrataTelemetry
import Testing

@Suite struct LabelTests {
  @Test func demoLabelsFaultsAndBenignPhases() throws {
    let simulation = try Simulator(.demo, seed: 3, threads: 2).simulate()
    let run = simulation.run
    #expect(run.sampleCount == 2280 && run.interval == 5)
    #expect(run.split == RunSplit(trainingEnd: 1140))
    let faults = run.labels.filter { !$0.isBenign }
    #expect(simulation.injections.count == 6)
    #expect(Set(faults.map(\.kind)) == Set(FaultKind.allCases.map(\.rawValue)))
    for fault in faults {
      #expect(fault.interval.lowerBound >= 1140 && fault.interval.upperBound <= 2280)
      #expect((48...74).contains(fault.interval.count))
      #expect(run.entities.contains(fault.entity))
      let kind = FaultKind(rawValue: fault.kind)!
      #expect(fault.layer == kind.layer && !fault.channels.isEmpty)
      let channels = run[kind.layer]!.channels.map(\.name)
      #expect(fault.channels.allSatisfy(channels.contains))
    }
    // A hot expert is replicated in both expert-parallel groups.
    let hot = simulation.injections.filter { $0.fault.kind == .hotExpert }
    #expect(hot.allSatisfy { $0.fault.culprits.count == 2 })
    #expect(faults.count == 6 + hot.count)
    let benign = Dictionary(grouping: run.labels.filter(\.isBenign), by: \.kind).mapValues(\.count)
    #expect(
      benign == [
        "benign:checkpoint": 18, "benign:evaluation": 12, "benign:sequence-length": 6, "benign:data-loading": 5,
      ])
    #expect(simulation.injections.allSatisfy { $0.impact.hasImpact })
  }

  @Test func pausesShowWhereTheyAreLabelled() throws {
    var scenario = Experiment.scenario(hosts: 2, interval: 1)
    scenario.sensors = .none
    scenario.checkpoints = PeriodicPause(every: 150, duration: 20)
    scenario.evaluations = PeriodicPause(every: 260, duration: 30)
    let run = try Simulator(scenario, seed: 1).run()
    for (kind, channel) in [("checkpoint", "save-checkpoint-active"), ("evaluation", "evaluation-active")] {
      let labels = run.labels.filter { $0.kind == "benign:\(kind)" }
      #expect(labels.count >= 2)
      #expect(labels.allSatisfy { $0.isBenign && $0.entity == "c0" && $0.layer == nil })
      let active = run.readings(channel, run.entities[0]).map { $0 > 0 }
      for sample in active.indices {
        #expect(active[sample] == labels.contains { $0.interval.contains(sample) })
      }
    }
    let idle = run.labels.first { $0.kind == "benign:checkpoint" }!.interval
    let middle = (idle.lowerBound + idle.upperBound) / 2
    #expect(run.readings("DCGM_FI_DEV_GPU_UTIL", run.entities[0])[middle] == 0)
    #expect(run.readings("DCGM_FI_DEV_POWER_USAGE", run.entities[0])[middle] < 120)
  }

  @Test func benignEpisodesDisturbWithoutAFault() throws {
    var scenario = Experiment.scenario(hosts: 2)
    scenario.sensors = .none
    scenario.benign = [
      BenignSpecification(kind: .sequenceLength, at: 100, duration: 160, severity: 0.8),
      BenignSpecification(kind: .dataLoading, entity: "c0/rack0/host1", at: 400, duration: 160, severity: 0.8),
    ]
    let run = try Simulator(scenario, seed: 1).run()
    #expect(run.labels.map(\.kind) == ["benign:sequence-length", "benign:data-loading"])
    #expect(run.labels.map(\.interval) == [50..<130, 200..<280])
    #expect(run.labels.map(\.entity) == ["c0", "c0/rack0/host1"])
    func mean(_ channel: String, _ entity: EntityPath, _ samples: Range<Int>) -> Float {
      run.readings(channel, entity)[samples].reduce(0, +) / Float(samples.count)
    }
    let (own, other): (EntityPath, EntityPath) = ("c0/rack0/host1/gpu0", "c0/rack0/host0/gpu0")
    let (quiet, long, slow) = (0..<48, 60..<130, 210..<280)
    #expect(mean("iteration-time", own, long) > 1.02 * mean("iteration-time", own, quiet))
    #expect(mean("batch-generator-time", own, slow) > 5 * mean("batch-generator-time", own, quiet))
    #expect(mean("batch-generator-time", other, slow) < 2 * mean("batch-generator-time", other, quiet))
    #expect(mean("nccl_collective_wait_seconds", other, slow) > mean("nccl_collective_wait_seconds", own, slow) + 0.1)
  }

  @Test func faultIntensityFollowsItsShape() throws {
    func intensity(_ shape: OnsetShape, at time: Double) throws -> Double {
      var scenario = Experiment.scenario(hosts: 2)
      scenario.faults = [
        FaultSpecification(
          kind: .degradedLink, at: 100, duration: 200, severity: 0.5, onset: shape, ramp: 50)
      ]
      return try Simulator(scenario, seed: 1).faults[0].intensity(at: time)
    }
    for shape in OnsetShape.allCases {
      #expect(try intensity(shape, at: 99.9) == 0)
      #expect(try intensity(shape, at: 300) == 0)
    }
    #expect(try intensity(.step, at: 100) == 0.5)
    #expect(try intensity(.linear, at: 120) == 0.2)
    #expect(try intensity(.linear, at: 250) == 0.5)
    #expect((try intensity(.exponential, at: 150) - 0.5 * 0.6321205588).magnitude < 1e-9)
  }
}
