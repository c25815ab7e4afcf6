import StrataSimulation
import StrataTelemetry
import Testing

@Suite struct ScenarioTests {
  private static let base = """
    name: test
    duration: 1200
    interval: 2
    training: 600
    cluster: {hosts: 8}

    """

  @Test func readsEverySetting() throws {
    let text = """
      name: full
      start: 1767600000
      duration: 7200
      interval: 5
      training: 3600
      cluster: {name: c1, hardware: a100, hosts: 6, devicesPerHost: 4, hostsPerRack: 2, hostsPerLeaf: 4}
      jobs:
        - name: pretrain
          hosts: 4
          training:
            {layers: 4, experts: 32, expertParallel: 8, tokensPerDevice: 4096, overlap: 0.5, pipelineParallel: 2,
            router: {biasUpdate: 0.001, balancingLoss: 0}, checkpoints: {every: 1200, duration: 30},
            evaluations: {every: 1800, duration: 60}}
        - {name: chat, serving: {devicesPerReplica: 8, experts: 16, requestRate: 3}}
      sensors: {missing: 0.01, jitter: 0, hostPeriod: 15}
      faults:
        - {kind: F13, entity: c1/rack1/host0/gpu3, at: 4000, duration: 300, severity: 0.5, ramp: 90, lead: 60}
        - {kind: hot-expert, expert: 17, layers: [1, 2], at: 5000, duration: 300, severity: 0.5, onset: exponential}
      benign:
        - {kind: data-loading, entity: c1/rack0/host1, at: 100, duration: 60, severity: 1}
      randomFaults: {count: 2, kinds: [degraded-link, M3], severity: [0.2, 0.4], duration: [100, 200]}
      """
    let scenario = try Scenario(parsing: text, source: "full.yaml")
    #expect(
      scenario.cluster
        == ClusterShape(name: "c1", hardware: .a100, hosts: 6, devicesPerHost: 4, hostsPerRack: 2, hostsPerLeaf: 4))
    #expect(scenario.jobs.map(\.name) == ["pretrain", "chat"] && scenario.jobs.map(\.hosts) == [4, nil])
    #expect(scenario.workload.layers == 4 && scenario.workload.overlap == 0.5)
    #expect(scenario.workload.denseSeconds == TrainingWorkload().denseSeconds)
    #expect(scenario.workload.router.biasUpdate == 0.001 && scenario.workload.router.drift == RouterSettings().drift)
    #expect(scenario.workload.checkpoints == PeriodicPause(every: 1200, duration: 30))
    guard case .serving(let serving) = scenario.jobs[1].workload else { throw UnexpectedJob() }
    #expect(serving.requestRate == 3 && serving.devicesPerReplica == 8)
    #expect(scenario.sensors.missing == 0.01 && scenario.sensors.hostPeriod == 15 && scenario.sensors.noise == 1)
    #expect(scenario.faults[0].entity == "c1/rack1/host0/gpu3" && scenario.faults[0].ramp == 90)
    #expect(scenario.faults[1].expert == 17 && scenario.faults[1].layers == 1..<3)
    #expect(scenario.faults[1].onset == .exponential && scenario.benign[0].entity == "c1/rack0/host1")
    #expect(scenario.randomFaults?.cards.map(\.id) == ["F03", "M3"] && scenario.randomFaults?.severity == 0.2...0.4)
    #expect(scenario.start == 1_767_600_000)
    let faults = try Simulator(scenario, seed: 1).faults
    #expect(faults.map(\.card.id).sorted() == ["F03", "F13", "M1", "M3"])
    let hot = try #require(faults.first { $0.card.id == "M1" })
    #expect(hot.roots == ["c1/pretrain/layer1/expert17", "c1/pretrain/layer2/expert17"])
    // Layer 1 is in the first stage and layer 2 in the second: one holder each.
    #expect(hot.culprits == ["c1/rack0/host1/gpu0", "c1/rack1/host1/gpu0"])
    #expect(faults.map(\.onset) == faults.map(\.onset).sorted())
  }

  private struct UnexpectedJob: Error {}

  /// What is wrong, and what is said about it.
  static let mistakes: [(added: String, error: String)] = [
    (
      "faults:\n  - {kind: thermal-throtling, at: 700, duration: 60, severity: 1}",
      "s.yaml:7: there is no fault 'thermal-throtling'; did you mean 'thermal-throttling'?"
    ),
    (
      "faults:\n  - {kind: F99, at: 700, duration: 60, severity: 1}",
      "s.yaml:7: there is no fault 'F99'; the ids are F01 to F40 and M1 to M12"
    ),
    (
      "faults:\n  - kind: degraded-link\n    at: 1180\n    duration: 60\n    severity: 1",
      "s.yaml:8: 'faults[0].at' puts it outside the run: it would last from 1180.0 to 1240.0 of 1200.0 s"
    ),
    (
      "faults:\n  - {kind: degraded-link, at: 300, duration: 60, severity: 1}",
      "s.yaml:7: 'faults[0].at' must not lie in the 600.0 s of training, found 300.0"
    ),
    (
      "faults:\n  - {kind: degraded-link, entity: c0/rack0/host9/gpu0, at: 700, duration: 60, severity: 1}",
      "s.yaml:7: 'faults[0].entity' names 'c0/rack0/host9/gpu0', which is no nic of the cluster, as degraded-link needs"
    ),
    (
      "faults:\n  - {kind: loss-spike, entity: c0/rack0/host0, at: 700, duration: 60, severity: 1}",
      "s.yaml:7: 'faults[0].entity' names 'c0/rack0/host0', which is no job of the cluster, as loss-spike needs"
    ),
    (
      "faults:\n  - {kind: degraded-link, entity: c0//gpu0, at: 700, duration: 60, severity: 1}",
      "s.yaml:7: 'c0//gpu0' is no entity path such as c0/rack0/host1/gpu2"
    ),
    (
      "faults:\n  - {kind: degraded-link, at: 700, duration: 60, severity: 1.5}",
      "s.yaml:7: 'faults[0].severity' must be from 0.001 to 1.0, found 1.5"
    ),
    (
      "faults:\n  - {kind: degraded-link, variant: slow, at: 700, duration: 60, severity: 1}",
      "s.yaml:7: 'faults[0].variant' names 'slow', but there is one form of degraded-link"
    ),
    (
      "faults:\n  - {kind: hot-expert, expert: 64, at: 700, duration: 60, severity: 1}",
      "s.yaml:7: 'faults[0].expert' must be from 0 to 63, found 64"
    ),
    (
      "faults:\n  - {kind: degraded-link, expert: 6, at: 700, duration: 60, severity: 1}",
      "s.yaml:7: 'faults[0].expert' is for a fault of an expert without an entity"
    ),
    (
      "faults:\n  - {kind: hot-expert, layers: [2, 99], at: 700, duration: 60, severity: 1}",
      "s.yaml:7: 'faults[0].layers' must lie in the layers of the first training job"
    ),
    (
      "faults:\n  - {kind: degraded-link, layers: [1, 2], at: 700, duration: 60, severity: 1}",
      "s.yaml:7: 'faults[0].layers' is for a fault that acts on routers, which degraded-link does not"
    ),
    (
      "benign:\n  - {kind: data-loading, entity: c0/rack3, at: 0, duration: 60, severity: 1}",
      "s.yaml:7: 'benign[0].entity' names 'c0/rack3', which is not what data-loading concerns"
    ),
    ("sensors: {missing: -0.1}", "s.yaml:6: 'sensors.missing' must be from 0.0 to 0.5, found -0.1"),
    ("sensor: {missing: 0.1}", "s.yaml:6: unknown key 'sensor'; did you mean 'sensors'?"),
    ("jobs: []", "s.yaml:6: 'jobs' must have a job"),
    ("jobs:\n  - {name: a}", "s.yaml:7: a job has either 'training' or 'serving'"),
    (
      "jobs:\n  - {name: a, hosts: 4, training: {}}\n  - {name: a, training: {}}",
      "s.yaml:8: 'jobs[1].name' is the name of another job as well: 'a'"
    ),
    (
      "jobs:\n  - {name: a, hosts: 4, training: {}}\n  - {name: b, hosts: 5, training: {}}",
      "s.yaml:8: 'jobs[1].hosts' must be from 1 to the 4 hosts that are left, found 5"
    ),
    (
      "jobs:\n  - name: a\n    training: {loadingSeconds: -1}",
      "s.yaml:8: 'jobs[0].training.loadingSeconds' must be from 0.0 to 60.0, found -1.0"
    ),
    (
      "jobs:\n  - name: a\n    training:\n      experts: 48",
      "s.yaml:9: 'jobs[0].training.experts' must be a multiple of the 32 positions that share them, found 48"
    ),
    (
      "jobs:\n  - name: a\n    training:\n      expertParallel: 24",
      "s.yaml:9: 'jobs[0].training.expertParallel' must divide the 64 positions of a stage, found 24"
    ),
    (
      "jobs:\n  - name: a\n    training:\n      pipelineParallel: 3",
      "s.yaml:9: 'jobs[0].training.pipelineParallel' must divide the 64 devices together with context and tensor "
        + "parallelism, found 3·1·1"
    ),
    (
      "jobs:\n  - name: a\n    training: {layers: 9, pipelineParallel: 2, expertParallel: 8}",
      "s.yaml:8: 'jobs[0].training.layers' must be a multiple of the 2 stages, found 9"
    ),
    (
      "jobs:\n  - name: a\n    training: {checkpoints: {every: 600, duration: 400}}",
      "s.yaml:8: 'jobs[0].training.checkpoints.duration' must be from 1.0 to 300.0, found 400.0"
    ),
    (
      "jobs:\n  - name: a\n    training: {checkpoints: {every: 600}}",
      "s.yaml:8: 'jobs[0].training.checkpoints.duration' is missing"
    ),
    (
      "jobs:\n  - name: a\n    serving: {devicesPerReplica: 24}",
      "s.yaml:8: 'jobs[0].serving.devicesPerReplica' must divide the 64 devices, found 24"
    ),
    (
      "randomFaults: {count: 3, kinds: [F03], duration: [100, 200]}",
      "s.yaml:6: 'randomFaults.count' is too large: 3 faults of up to 200.0 s, each followed by 120.0 s, do not fit into the 600.0 s after training"
    ),
    (
      "randomFaults: {count: 1, kinds: [F03], duration: [200, 100]}",
      "s.yaml:6: 'duration' must be a list of a lower and an upper bound"
    ),
  ]

  @Test(arguments: mistakes) func mistakeIsReportedWithItsLine(added: String, error: String) {
    #expect(description(of: Self.base + added) == error)
  }

  @Test func clusterMustNotBeEmptyOrHuge() {
    for (hosts, found) in [("0", 0), ("99999", 99_999)] {
      let text = Self.base.replacing("hosts: 8", with: "hosts: \(hosts)")
      #expect(description(of: text) == "s.yaml:5: 'cluster.hosts' must be from 1 to 16384, found \(found)")
    }
  }

  private func description(of text: String) -> String? {
    do { _ = try Scenario(parsing: text, source: "s.yaml") } catch { return error.description }
    return nil
  }

  @Test func valueIsCheckedAsAFileIs() {
    var scenario = Scenario.demo
    scenario.cluster.hosts = 0
    #expect(throws: ScenarioError("must be from 1 to 16384, found 0", field: "cluster.hosts")) {
      _ = try Simulator(scenario, seed: 1)
    }
    scenario = .demo
    scenario.interval = .nan
    #expect(throws: ScenarioError("must be from 0.1 to 3600.0, found nan", field: "interval")) {
      try scenario.validate()
    }
  }

  @Test(arguments: ["demo", "small"]) func presetIsValidAndPlacesItsFaultsBySeed(name: String) throws {
    let preset = try #require(Scenario.presets[name])
    #expect(preset.name == name)
    var places: Set<[EntityPath]> = []
    for seed in 0..<8 as Range<UInt64> {
      let faults = try Simulator(preset, seed: seed).faults
      #expect(faults.allSatisfy { $0.onset >= preset.training && $0.end <= preset.duration })
      // Room between one fault and the next.
      #expect(zip(faults, faults.dropFirst()).allSatisfy { $0.end + RandomFaults.recovery <= $1.onset + 1 })
      #expect(Set(faults.map(\.card.id)) == ["F13", "F03", "M1"])
      places.insert(faults.flatMap(\.culprits))
    }
    #expect(places.count == 8)
  }
}
