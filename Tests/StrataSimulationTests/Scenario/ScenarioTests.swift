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
      cluster: {name: c1, hosts: 4, devicesPerHost: 4, hostsPerRack: 2}
      workload: {layers: 4, experts: 32, expertParallel: 8, tokensPerDevice: 4096, overlap: 0.5}
      sensors: {missing: 0.01, jitter: 0}
      checkpoints: {every: 1200, duration: 30}
      evaluations: {every: 1800, duration: 60}
      faults:
        - {kind: thermal-throttling, entity: c1/rack1/host0/gpu3, at: 4000, duration: 300, severity: 0.5, ramp: 90}
        - {kind: hot-expert, expert: 17, at: 5000, duration: 300, severity: 0.5, onset: exponential}
      benign:
        - {kind: data-loading, entity: c1/rack0/host1, at: 100, duration: 60, severity: 1}
      randomFaults: {count: 2, kinds: [degraded-link], severity: [0.2, 0.4], duration: [100, 200]}
      """
    let scenario = try Scenario(parsing: text, source: "full.yaml")
    #expect(scenario.cluster == ClusterShape(name: "c1", hosts: 4, devicesPerHost: 4, hostsPerRack: 2))
    #expect(scenario.workload.layers == 4 && scenario.workload.overlap == 0.5)
    #expect(scenario.workload.topLevelDefaultsAreKept)
    #expect(scenario.sensors.missing == 0.01 && scenario.sensors.jitter == 0 && scenario.sensors.noise == 1)
    #expect(scenario.checkpoints == PeriodicPause(every: 1200, duration: 30))
    #expect(scenario.faults[0].entity == "c1/rack1/host0/gpu3" && scenario.faults[0].ramp == 90)
    #expect(scenario.faults[1].expert == 17 && scenario.faults[1].onset == .exponential)
    #expect(scenario.benign[0].entity == "c1/rack0/host1")
    #expect(scenario.randomFaults?.kinds == [.degradedLink] && scenario.randomFaults?.severity == 0.2...0.4)
    #expect(scenario.start == 1_767_600_000)
    let faults = try Simulator(scenario, seed: 1).faults
    #expect(faults.map(\.kind).filter { $0 == .degradedLink }.count == 2)
    #expect(faults.first { $0.kind == .hotExpert }?.culprits.map(\.last) == ["gpu0", "gpu0"])
    #expect(faults.map(\.onset) == faults.map(\.onset).sorted())
  }

  /// What is wrong, and what is said about it.
  static let mistakes: [(added: String, error: String)] = [
    (
      "faults:\n  - {kind: fan-failure, at: 700, duration: 60, severity: 1}",
      "s.yaml:7: 'faults[0].kind' must be thermal-throttling, degraded-link or hot-expert, found 'fan-failure'"
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
      "s.yaml:7: 'faults[0].entity' names 'c0/rack0/host9/gpu0', which is no device of the cluster"
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
      "faults:\n  - {kind: hot-expert, expert: 64, at: 700, duration: 60, severity: 1}",
      "s.yaml:7: 'faults[0].expert' must be from 0 to 63, found 64"
    ),
    (
      "faults:\n  - {kind: degraded-link, expert: 6, at: 700, duration: 60, severity: 1}",
      "s.yaml:7: 'faults[0].expert' is for a hot-expert fault without an entity"
    ),
    (
      "benign:\n  - {kind: data-loading, entity: c0/rack3, at: 0, duration: 60, severity: 1}",
      "s.yaml:7: 'benign[0].entity' names 'c0/rack3', which is no host of the cluster"
    ),
    (
      "benign:\n  - {kind: sequence-length, entity: c0, at: 0, duration: 60, severity: 1}",
      "s.yaml:7: 'benign[0].entity' is for data-loading episodes; this one concerns the job"
    ),
    ("sensors: {missing: -0.1}", "s.yaml:6: 'sensors.missing' must be from 0.0 to 0.5, found -0.1"),
    ("workload: {loadingSeconds: -1}", "s.yaml:6: 'workload.loadingSeconds' must be from 0.0 to 60.0, found -1.0"),
    (
      "workload:\n  experts: 48",
      "s.yaml:7: 'workload.experts' must be a multiple of the 32 devices that share them, found 48"
    ),
    (
      "workload:\n  expertParallel: 24", "s.yaml:7: 'workload.expertParallel' must divide the 64 devices, found 24"
    ),
    ("sensor: {missing: 0.1}", "s.yaml:6: unknown key 'sensor'; did you mean 'sensors'?"),
    (
      "checkpoints: {every: 600, duration: 400}",
      "s.yaml:6: 'checkpoints.duration' must be from 1.0 to 300.0, found 400.0"
    ),
    ("checkpoints: {every: 600}", "s.yaml:6: 'checkpoints.duration' is missing"),
    (
      "randomFaults: {count: 3, duration: [100, 200]}",
      "s.yaml:6: 'randomFaults.count' is too large: 3 faults of up to 200.0 s, each followed by 120.0 s, do not fit into the 600.0 s after training"
    ),
    (
      "randomFaults: {count: 1, duration: [200, 100]}",
      "s.yaml:6: 'duration' must be a list of a lower and an upper bound"
    ),
  ]

  @Test(arguments: mistakes) func mistakeIsReportedWithItsLine(added: String, error: String) {
    #expect(description(of: Self.base + added) == error)
  }

  @Test func clusterMustNotBeEmptyOrHuge() {
    let text = Self.base.replacing("hosts: 8", with: "hosts: 0")
    #expect(description(of: text) == "s.yaml:5: 'cluster.hosts' must be from 1 to 64, found 0")
    let long = Self.base.replacing("duration: 1200", with: "duration: 31000000")
    #expect(
      description(of: long)
        == "s.yaml:2: 'duration' asks for 32736000000 values, more than the 1000000000 that are simulated in memory")
  }

  private func description(of text: String) -> String? {
    do { _ = try Scenario(parsing: text, source: "s.yaml") } catch { return error.description }
    return nil
  }

  @Test func valueIsCheckedAsAFileIs() {
    var scenario = Scenario.demo
    scenario.cluster.hosts = 0
    #expect(throws: ScenarioError("must be from 1 to 64, found 0", field: "cluster.hosts")) {
      _ = try Simulator(scenario, seed: 1)
    }
    scenario = .demo
    scenario.interval = .nan
    #expect(throws: ScenarioError("must be from 0.1 to 3600.0, found nan", field: "interval")) {
      try scenario.validate()
    }
    scenario = .demo
    scenario.device.slotOffsets = []
    #expect(throws: ScenarioError("must not be empty", field: "device.slotOffsets")) { try scenario.validate() }
    scenario.device = .h100
    scenario.device.linkBandwidth = 0
    #expect(throws: ScenarioError("must be from 1e-09 to 1e+18, found 0.0", field: "device.linkBandwidth")) {
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
      #expect(Set(faults.map(\.kind)) == Set(FaultKind.allCases))
      places.insert(faults.flatMap(\.culprits))
    }
    #expect(places.count == 8)
  }
}

extension Workload {
  fileprivate var topLevelDefaultsAreKept: Bool { denseSeconds == Workload().denseSeconds && expertsPerToken == 4 }
}
