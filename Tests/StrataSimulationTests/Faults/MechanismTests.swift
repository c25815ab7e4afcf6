import StrataSimulation
import StrataTelemetry
import Testing

/// What single cards do, where their signature does not say it: for how long, to whom, and to what not.
@Suite struct MechanismTests {
  private func plan(
    _ id: String, on cluster: TestCluster = .experts, seed: UInt64 = 1, change: (inout FaultSpecification) -> Void
  ) -> FaultInjection {
    var scenario = cluster.scenario
    var fault = FaultSpecification(Scenario.card(id), at: 300, duration: 60, severity: 1)
    fault.precursor = false
    change(&fault)
    scenario.faults = [fault]
    return World(scenario, seed: seed).plan.faults[0]
  }

  // MARK: F18

  /// Some devices report the Xid, all ranks end, and the job is what a diagnosis should name.
  @Test func badAccessIsReportedByOneToEightDevices() throws {
    let plans = (1...40).map { seed in plan("F18", seed: seed) { _ in } }
    #expect(plans.allSatisfy { $0.roots == ["c0/train"] })
    #expect(Set(plans.map(\.culprits.count)) == Set(1...8))
    #expect(plans.allSatisfy { $0.devices.count == $0.culprits.count })
    for variant in Scenario.card("F18").variants.map(\.name) {
      let experiment = Experiment.card("F18", severity: 0.5, variant: variant)
      func xids(_ devices: [Int]) -> Int {
        experiment.pairs(Instrument.named("DCGM_FI_DEV_XID_ERRORS")!, .init(devices: devices), experiment.samples)
          .count { $0.actual.contains { $0 > 0 } }
      }
      #expect(xids(experiment.culprit.devices) == experiment.fault.culprits.count, "\(variant)")
      #expect(xids(experiment.victim.devices) == 0, "\(variant)")
    }
  }

  @Test func badAccessEndsTheJobAtAnySeverity() {
    for variant in Scenario.card("F18").variants {
      let fault = plan("F18") { ($0.severity, $0.variant) = (0.05, variant.name) }
      #expect(fault.outcome == .crash && !fault.xids.isEmpty, "\(variant.name)")
    }
  }

  /// Profiling fields stay zero when the job has begun again and works.
  @Test func blankProfilingOutlastsTheRestart() throws {
    var scenario = TestCluster.experts.scenario
    (scenario.workload.restart, scenario.duration) = (60, 700)
    var fault = FaultSpecification(Scenario.card("F18"), at: 100, duration: 500, severity: 0.3)
    fault.variant = "memory-fault-and-blank-profiling"
    scenario.faults = [fault]
    let simulation = try Simulator(scenario, seed: 2).simulate()
    let injection = simulation.injections[0]
    #expect(injection.impact.repaired == nil)
    let restart = try #require(simulation.run.labels.first { $0.kind == "benign:restart" }).interval
    let working = restart.upperBound + 30..<590
    let all = simulation.run.topology.keys.filter { $0.last.hasPrefix("gpu") }
    for device in all {
      let active = simulation.run.readings("DCGM_FI_PROF_SM_ACTIVE", device)[working]
      let used = simulation.run.readings("DCGM_FI_DEV_GPU_UTIL", device)[working]
      #expect(used.allSatisfy { $0 > 80 })
      let isBlank = injection.fault.culprits.contains(device)
      #expect(active.allSatisfy { isBlank ? $0 == 0 : $0 > 0.3 }, "\(device)")
    }
  }

  // MARK: F29, F30

  /// The line reaches the limit when the process dies, however severe the leak; a milder one begins later.
  @Test(arguments: ["F29", "F30"], [0.3, 0.6, 1]) func leaksEndAtTheLimit(id: String, severity: Double) throws {
    var scenario = TestCluster.experts.scenario
    (scenario.duration, scenario.training) = (700, 10)
    var fault = FaultSpecification(
      Scenario.card(id), entity: id == "F29" ? Experiment.place : Experiment.place.parent, at: 600, duration: 60,
      severity: severity)
    (fault.precursor, fault.lead) = (true, 400)
    scenario.faults = [fault]
    let run = try Simulator(scenario, seed: 3).run()
    func left(_ sample: Int) -> Double {
      guard id == "F29" else {
        return Double(run.readings("node_memory_MemAvailable_bytes", Experiment.place.parent!)[sample]) / 1_048_576
      }
      return DeviceSpecification.h100.memory - Double(run.readings("DCGM_FI_DEV_FB_USED", Experiment.place)[sample])
    }
    let (before, middle, last) = (left(190), left(400), left(598))
    #expect((0..<0.02).contains(last / before))
    #expect((middle / before - 0.5).magnitude < 0.03)
    let steps = run.readings("iterations", "c0/train")
    #expect(steps[560..<598].reduce(0, +) > 20 && steps[603..<650].reduce(0, +) == 0)
    // Left to itself, severity decides how early the line begins.
    let own = plan(id) { ($0.at, $0.precursor, $0.severity) = (500_000, true, severity) }
    let full = plan(id) { ($0.at, $0.precursor, $0.severity) = (500_000, true, 1) }
    let (start, earliest) = (try #require(own.precursorStart), try #require(full.precursorStart))
    #expect(((500_000 - start) / (500_000 - earliest) - severity).magnitude < 1e-9)
    #expect((own.precursorIntensity(at: 499_999.999) - 1).magnitude < 1e-3)
  }

  // MARK: F36

  /// Gradients are large for one to five steps at a time, the loss is higher for as long as the weights heal, and in
  /// between everything is as without the fault.
  @Test(arguments: [0.5, 1]) func lossSpikesRecover(severity: Double) throws {
    let experiment = Experiment.card("F36", severity: severity)
    let job = experiment.culprit
    let (gradient, loss) = (Instrument.named("grad-norm")!, Instrument.named("lm loss")!)
    let norms = experiment.pairs(gradient, job, experiment.samples)[0]
    let losses = experiment.pairs(loss, job, experiment.samples)[0]
    let isLarge = zip(norms.actual, norms.healthy).map { $0 > 2 * $1 }
    let excess = zip(losses.actual, losses.healthy).map { $0 - $1 }
    var stretches: [Range<Int>] = []
    for sample in isLarge.indices where isLarge[sample] {
      if let last = stretches.last, last.upperBound == sample {
        stretches[stretches.count - 1] = last.lowerBound..<sample + 1
      } else {
        stretches.append(sample..<sample + 1)
      }
    }
    // A step takes a little more than a sample.
    #expect(stretches.allSatisfy { $0.count <= 8 })
    #expect(try #require(stretches.first).lowerBound <= 3)
    #expect(excess.max()! > 0.05 && excess.max()! < 3)
    if severity == 1 { #expect(excess.max()! > 0.15) }
    for (stretch, next) in zip(stretches, stretches.dropFirst().map(\.lowerBound) + [excess.count]) {
      let healed = min(next, stretch.upperBound + 120)
      if next > healed { #expect(excess[healed] < 0.02) }
    }
    #expect(isLarge.count { $0 } < isLarge.count / 8)
  }

  // MARK: F21

  /// It is the rank at fault that is late, in some steps and not in others.
  @Test func stallsComeToOneRankAtRandom() {
    let experiment = Experiment.card("F21", severity: 1, variant: "garbage-collection")
    let delay = Instrument.named("XPU_TIMER_LAUNCH_DELAY_SECONDS")!
    let own = experiment.pairs(delay, experiment.culprit, experiment.samples)[0].actual
    let others = experiment.pairs(delay, experiment.victim, experiment.samples)
    #expect(others.allSatisfy { $0.actual == $0.healthy })
    let late = own.filter { $0 > 0.1 }
    #expect(late.allSatisfy { $0 < 2.3 })
    #expect((own.count / 20...own.count / 2).contains(late.count))
  }

  // MARK: M6

  /// Exchanges between experts below the leaf are slow, gradients and everything else are not.
  @Test func expertCongestionLeavesOtherTrafficAlone() {
    let cluster = TestCluster.experts
    func resources(_ id: String?, at time: Double) -> [RankResources] {
      var scenario = cluster.scenario
      if let id {
        scenario.faults = [FaultSpecification(Scenario.card(id), at: 100, duration: 200, severity: 1)]
        (scenario.faults[0].precursor, scenario.faults[0].ramp) = (false, 10)
      }
      let world = World(scenario, seed: 11)
      let conditions = world.conditions(at: time, faults: id == nil ? [] : [0], repaired: [:])
      let state = cluster.start
      return world.cluster.devices.indices.map { device in
        RankResources(
          device: device, state: state.devices[device], cluster: world.cluster, world.specification, conditions,
          time: time, stretch: 1, step: 0, job: conditions.jobs[0], collections: (0, 0), streams: world.streams)
      }
    }
    for time in [150.0, 163, 178] {
      let (healthy, congested, everything) = (
        resources(nil, at: time), resources("M6", at: time), resources("F05", at: time)
      )
      #expect(zip(healthy, congested).allSatisfy { $0.port == $1.port && $0.nvlink == $1.nvlink })
      let slowed = zip(healthy, congested).filter { $1.expertPort < 0.3 * $0.expertPort }
      #expect(slowed.count == 8)
      #expect(
        zip(healthy, congested).allSatisfy { $1.expertPort == $0.expertPort || $1.expertPort < 0.3 * $0.expertPort })
      #expect(zip(healthy, everything).contains { $1.port < 0.3 * $0.port })
    }
  }

  // MARK: Experts and layers

  /// A named device holds the expert, whatever its stage.
  @Test(arguments: ["c0/rack0/host1/gpu2", "c0/rack2/host0/gpu1", "c0/rack3/host1/gpu3"] as [EntityPath])
  func namedDevicesHoldTheExpertAtFault(entity: EntityPath) {
    let fault = plan("M1", on: .pipelines) { $0.entity = entity }
    #expect(fault.culprits.contains(entity), "\(fault.culprits)")
    #expect(fault.targets.layers.count == 4)
    let corrupted = plan("M8", on: .pipelines) { $0.entity = entity }
    #expect(corrupted.culprits == [entity])
  }

  @Test func layersAreThoseThatAScenarioNames() {
    #expect(plan("M5") { $0.layers = 1..<3 }.targets.layers == 1..<3)
    #expect(plan("M5") { _ in }.targets.layers == 0..<4)
    #expect(plan("M8") { $0.layers = 2..<4 }.targets.layers == 2..<4)
    #expect(plan("M1") { $0.layers = 2..<4 }.targets.layers == 2..<4)
  }
}
