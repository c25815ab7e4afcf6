import StrataSimulation
import StrataTelemetry
import Testing

/// What a run says about its faults and pauses.
@Suite struct LabelTests {
  private func scenario(_ faults: [FaultSpecification], duration: Double = 600) -> Scenario {
    var scenario = TestCluster.experts.scenario
    (scenario.duration, scenario.faults) = (duration, faults)
    return scenario
  }

  private func fault(
    _ id: String, at: Double = 100, duration: Double = 200, severity: Double = 0.8,
    entity: EntityPath? = Experiment.place
  ) -> FaultSpecification {
    var fault = FaultSpecification(Scenario.card(id), entity: entity, at: at, duration: duration, severity: severity)
    fault.precursor = false
    return fault
  }

  @Test func labelsSayWhatWhereAndWhen() throws {
    let labels = try Simulator(scenario([fault("F13"), fault("F14", at: 350, entity: "c0/rack1")]), seed: 1).run()
      .labels
      .filter { !$0.isBenign }
    #expect(labels.count == 9)
    #expect(labels[0].kind == "thermal-throttling" && labels[0].entity == Experiment.place)
    #expect(labels[0].layer == .physical && labels[0].interval == 100..<300)
    // A rack's fault shows on all of its devices.
    #expect(labels.dropFirst().allSatisfy { $0.kind == "power-cap" && $0.interval == 350..<550 })
    #expect(Set(labels.dropFirst().compactMap(\.entity.parent)) == ["c0/rack1/host0", "c0/rack1/host1"])
  }

  @Test func faultsWithoutACulpritAreLabelledAtTheirRoot() throws {
    let places: [(String, EntityPath)] = [
      ("F05", "c0/fabric"), ("F31", "c0/storage"), ("F36", "c0/train"), ("F37", "c0/train"),
    ]
    for (id, root) in places {
      let run = try Simulator(scenario([fault(id, entity: nil)], duration: 320), seed: 1).run()
      #expect(run.labels.filter { !$0.isBenign }.map(\.entity) == [root], "\(id)")
    }
  }

  @Test func anExpertIsARootInEveryLayerAndItsHoldersAreCulprits() throws {
    var hot = fault("M1", entity: nil)
    (hot.expert, hot.layers) = (5, 1..<3)
    let fault = try Simulator(scenario([hot]), seed: 1).faults[0]
    #expect(fault.roots == ["c0/train/layer1/expert5", "c0/train/layer2/expert5"])
    #expect(fault.culprits == ["c0/rack0/host1/gpu1"])
  }

  @Test func benignCardsAreLabelledBenign() throws {
    let run = try Simulator(scenario([fault("F22", entity: nil), fault("M11", at: 350, entity: nil)]), seed: 1).run()
    #expect(run.labels.map(\.kind) == ["benign:sequence-length", "benign:mixture-shift"])
    #expect(run.labels.allSatisfy { $0.isBenign })
  }

  /// The watchdog ends a job that hangs, the port is replaced while it is down, and the label ends with the repair.
  @Test func repairedFaultsEndEarly() throws {
    let simulation = try Simulator(scenario([fault("F01", duration: 1500)], duration: 1700), seed: 1).simulate()
    let impact = simulation.injections[0].impact
    let repaired = try #require(impact.repaired)
    #expect(repaired > 100 + 100 + 30 && repaired < 1200)
    let label = try #require(simulation.run.labels.first { $0.kind == "nic-down" })
    #expect(label.interval == 100..<Int(repaired.rounded(.up)))
    let restart = try #require(simulation.run.labels.first { $0.kind == "benign:restart" })
    #expect((199...204).contains(restart.interval.lowerBound) && restart.interval.upperBound >= Int(repaired))
    let made = simulation.run.readings("iterations", "c0/train")
    #expect(made[110..<Int(repaired)].allSatisfy { $0 == 0 })
    #expect(made[(Int(repaired) + 30)...].reduce(0, +) > 100)
    #expect((0.1...1).contains(impact.lostProgress))
    #expect(impact.victims.filter { $0.last.hasPrefix("gpu") }.count == 15)
  }

  /// What a precursor does is seen before the onset, and not when it is switched off.
  @Test(arguments: [true, false]) func precursorBeginsWhereItIsSaidTo(announced: Bool) throws {
    var leak = fault("F29", at: 400)
    (leak.precursor, leak.lead) = (announced, 250)
    let simulation = try Simulator(scenario([leak]), seed: 1).simulate()
    let injection = simulation.injections[0]
    #expect(injection.fault.precursorStart == (announced ? 150 : nil))
    #expect(injection.fault.begin == (announced ? 150 : 400))
    let first = try #require(injection.impact.onsets.first).sample
    if announced { #expect((150..<200).contains(first)) } else { #expect((399...402).contains(first)) }
    // The label begins with the fault itself.
    #expect(simulation.run.labels.first { $0.kind == "device-oom" }?.interval.lowerBound == 400)
    let memory = simulation.run.readings("DCGM_FI_DEV_FB_USED", Experiment.place)
    let growth = memory[390] - memory[140]
    #expect(announced ? growth > 10_000 : growth.magnitude < 500)
    // Half of it is gone after half of the time.
    if announced { #expect(((memory[275] - memory[140]) / growth - 0.5).magnitude < 0.06) }
  }

  @Test func faultIntensityFollowsItsShape() throws {
    func intensity(_ shape: OnsetShape, at time: Double) throws -> Double {
      var fault = fault("F03", severity: 0.5)
      (fault.onset, fault.ramp) = (shape, 50)
      return try Simulator(scenario([fault]), seed: 1).faults[0].intensity(at: time)
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

  @Test func pausesShowWhereTheyAreLabelled() throws {
    var scenario = scenario([])
    scenario.workload.checkpoints = PeriodicPause(every: 150, duration: 20)
    scenario.workload.evaluations = PeriodicPause(every: 260, duration: 30)
    let run = try Simulator(scenario, seed: 1).run()
    for (kind, channel) in [("checkpoint", "save-checkpoint-active"), ("evaluation", "evaluation-active")] {
      let labels = run.labels.filter { $0.kind == "benign:\(kind)" }
      #expect(labels.count >= 2)
      #expect(labels.allSatisfy { $0.isBenign && $0.entity == "c0/train" && $0.layer == nil })
      let active = run.readings(channel, "c0/train").map { $0 > 0 }
      // A sample that a pause only touches may show either.
      for sample in active.indices where active[sample] {
        #expect(labels.contains { $0.interval.lowerBound - 1...$0.interval.upperBound ~= sample })
      }
      for label in labels {
        #expect(active[label.interval].filter { $0 }.count >= label.interval.count - 3)
      }
    }
    let idle = try #require(run.labels.first { $0.kind == "benign:checkpoint" }).interval
    let middle = (idle.lowerBound + idle.upperBound) / 2
    #expect(run.readings("DCGM_FI_DEV_GPU_UTIL", Experiment.place)[middle] == 0)
    #expect(run.readings("DCGM_FI_DEV_POWER_USAGE", Experiment.place)[middle] < 120)
  }

  @Test func benignEpisodesDisturbWithoutAFault() throws {
    var scenario = scenario([])
    scenario.benign = [
      BenignSpecification(kind: .sequenceLength, at: 100, duration: 160, severity: 0.8),
      BenignSpecification(kind: .dataLoading, entity: "c0/rack0/host1", at: 400, duration: 160, severity: 0.8),
    ]
    let run = try Simulator(scenario, seed: 1).run()
    #expect(run.labels.map(\.kind) == ["benign:sequence-length", "benign:data-loading"])
    #expect(run.labels.map(\.interval) == [100..<260, 400..<560])
    #expect(run.labels.map(\.entity) == ["c0/train", "c0/rack0/host1"])
    func mean(_ channel: String, _ entity: EntityPath, _ samples: Range<Int>) -> Float {
      run.readings(channel, entity)[samples].reduce(0, +) / Float(samples.count)
    }
    let (own, other): (EntityPath, EntityPath) = (Experiment.place, "c0/rack0/host0/gpu0")
    let (quiet, long, slow) = (0..<96, 120..<260, 420..<560)
    #expect(mean("iteration-time", "c0/train", long) > 1.02 * mean("iteration-time", "c0/train", quiet))
    #expect(mean("batch-generator-time", own, slow) > 5 * mean("batch-generator-time", own, quiet))
    #expect(mean("batch-generator-time", other, slow) < 2 * mean("batch-generator-time", other, quiet))
    let wait = "XPU_TIMER_COLL_KERNEL_WAIT_SECONDS"
    #expect(mean(wait, other, slow) > mean(wait, own, slow) + 0.1)
  }
}
