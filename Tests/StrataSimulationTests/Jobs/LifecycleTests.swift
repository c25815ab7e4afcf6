import StrataSimulation
import StrataTelemetry
import Testing

/// What becomes of a job when something stops it.
@Suite struct LifecycleTests {
  /// The states of the world and the signals of a scenario with a fault of a kind at 100 s.
  private static func run(
    _ card: String, duration: Double = 60, total: Double = 600, entity: EntityPath? = "c0/rack0/host0/gpu2",
    change: (inout Scenario) -> Void = { _ in }
  ) -> (world: World, state: WorldState, block: SignalBlock) {
    var scenario = Scenario.quiet(hosts: 2, duration: total, interval: 1)
    scenario.workload.watchdog = 120
    scenario.workload.restart = 60
    scenario.faults = [
      FaultSpecification(Scenario.card(card), entity: entity, at: 100, duration: duration, severity: 1)
    ]
    scenario.faults[0].precursor = false
    change(&scenario)
    let world = World(scenario, seed: 3)
    var state = world.initial
    var block = SignalBlock(counts: world.entityCounts, firstSample: 0, reserving: scenario.sampleCount)
    while state.sample < scenario.sampleCount { world.advance(&state, faults: [0], into: &block) }
    return (world, state, block)
  }

  @Test func hangLastsUntilTheWatchdogEndsTheJob() throws {
    let (_, state, block) = Self.run("F09", duration: 400)
    let pauses = state.training[0].interruptions
    #expect(pauses.map(\.what) == [.hung, .down])
    #expect((100...101).contains(pauses[0].start) && (120...123).contains(pauses[0].end - pauses[0].start))
    #expect((25...200).contains(pauses[1].end - pauses[1].start))
    #expect(state.training[0].restarts == 1)
    // No step is made until the job begins again, and then it goes on.
    func steps(_ samples: Range<Int>) -> Float { samples.reduce(0) { $0 + block[$1, .job, 0, JobSignal.iteration] } }
    #expect(steps(0..<100) > 20 && steps(104..<Int(pauses[1].end)) == 0 && steps(500..<600) > 20)
    // Victims spin at full utilisation and do nothing, the culprit idles.
    #expect(block[180, .device, 5, DeviceSignal.utilisation] > 99)
    #expect(block[180, .device, 5, DeviceSignal.tensorActive] == 0)
    #expect(block[180, .device, 2, DeviceSignal.utilisation] == 0)
  }

  @Test func repairedFaultEndsWithTheRestart() throws {
    let (world, state, _) = Self.run("F01", duration: 450)
    let repaired = try #require(state.repaired[0])
    #expect(repaired < world.plan.faults[0].end && repaired > 200)
    // Another device has taken the place.
    #expect(state.devices[2].generation == 1 && state.devices[3].generation == 0)
  }

  @Test func crashEndsTheJobAtOnce() {
    let (_, state, block) = Self.run("F18")
    #expect(state.training[0].interruptions.map(\.what) == [.down])
    #expect(state.training[0].interruptions[0].start == 100)
    #expect(block[110, .device, 9, DeviceSignal.utilisation] == 0)
    #expect(block[110, .device, 9, DeviceSignal.memoryUsed] < 1000)
    #expect(block[110, .device, 9, DeviceSignal.work].isNaN)
  }

  @Test func restartGoesBackToTheLastCheckpoint() {
    let (_, state, _) = Self.run("F18") {
      $0.workload.checkpoints = PeriodicPause(every: 60, duration: 5)
    }
    let job = state.training[0]
    // More steps were made than the iteration says: those after the checkpoint were made twice.
    #expect(job.completed > job.iteration - 20_000)
    #expect(job.interruptions.contains { $0.what == .checkpoint })
  }

  /// It saves first, stops, begins again with more work per step, and does so once more when the episode ends.
  @Test func plannedRestartStopsTheJobTwice() throws {
    var scenario = Scenario.quiet(hosts: 2, duration: 700, interval: 1)
    scenario.sensors = .none
    scenario.benign = [BenignSpecification(kind: .plannedRestart, at: 100, duration: 300, severity: 1)]
    let simulator = try Simulator(scenario, seed: 3)
    let run = simulator.run()
    let restarts = run.labels.filter { $0.kind == "benign:restart" }.map(\.interval)
    #expect(restarts.map(\.lowerBound) == [100, 400] && restarts.allSatisfy { (60...63).contains($0.count) })
    let episode = try #require(run.labels.first { $0.kind == "benign:planned-restart" })
    #expect(episode.interval == 100..<400 && episode.isBenign && run.labels.allSatisfy { $0.isBenign })
    let (steps, seconds) = (run.readings("iterations", "c0/train"), run.readings("iteration-time", "c0/train"))
    func mean(_ samples: Range<Int>) -> Float { seconds[samples].reduce(0, +) / Float(samples.count) }
    #expect(steps[105..<160].reduce(0, +) == 0 && steps[405..<460].reduce(0, +) == 0)
    #expect((1.08...1.12).contains(mean(180..<400) / mean(20..<100)))
    #expect((0.98...1.02).contains(mean(480..<700) / mean(20..<100)))
    // Nothing that was finished is lost.
    let world = simulator.world
    var state = world.initial
    var block = SignalBlock(counts: world.entityCounts, firstSample: 0, reserving: scenario.sampleCount)
    while state.sample < 101 { world.advance(&state, faults: [], into: &block) }
    #expect(state.training[0].savedIteration >= state.training[0].iteration - 1)
    #expect(state.training[0].savedIteration > scenario.workload.firstIteration + 20)
  }

  @Test func checkpointWaitsForStorage() throws {
    func length(_ fault: String?) throws -> Double {
      let state = Self.run("F31", duration: 480, entity: nil) {
        $0.workload.checkpoints = PeriodicPause(every: 120, duration: 10)
        if fault == nil { $0.faults[0].severity = 0.001 }
      }.state
      let pauses = state.training[0].interruptions.filter { $0.what == .checkpoint && $0.start > 100 }
      return try #require(pauses.map { $0.end - $0.start }.max())
    }
    #expect(try length("F31") > 2 * length(nil))
  }

  @Test func jobsShareAClusterWithoutMeeting() {
    let (world, _, block) = Self.run("F09", duration: 400) {
      $0.workload.expertParallel = 8
      $0.jobs[0].hosts = 1
      var other = JobSpecification(name: "other", hosts: 1, workload: .training($0.workload))
      if case .training(var workload) = other.workload {
        workload.denseSeconds = 0.5
        other.workload = .training(workload)
      }
      $0.jobs.append(other)
    }
    #expect(world.jobs.map(\.path) == ["c0/train", "c0/other"])
    func steps(_ job: Int) -> Float { (110..<200).reduce(0) { $0 + block[$1, .job, job, JobSignal.iteration] } }
    #expect(steps(0) == 0 && steps(1) > 30)
  }
}
