import StrataSimulation
import StrataTelemetry
import Testing

@Suite struct ScenarioRenderingTests {
  private func expectEqualAfterReading(_ scenario: Scenario) throws {
    let read = try Scenario(parsing: scenario.yaml, source: scenario.name)
    #expect(read == scenario, "\(scenario.yaml)")
  }

  @Test func presetsReadBackAsThemselves() throws {
    for scenario in Scenario.presets.values { try expectEqualAfterReading(scenario) }
  }

  @Test func whatHasItsDefaultIsLeftOut() {
    let scenario = Scenario(name: "a \"b\"", duration: 60, interval: 0.5, training: 0, cluster: ClusterShape(hosts: 4))
    #expect(
      scenario.yaml == """
        name: "a \\"b\\""
        duration: 60.0
        interval: 0.5
        training: 0.0
        cluster:
          hosts: 4
        jobs:
          - name: "train"
            training: {}

        """)
  }

  @Test func everyValueReadsBack() throws {
    var scenario = Scenario(
      name: "all", duration: 4000.5, interval: 0.1, training: 100 / 3,
      cluster: ClusterShape(name: "c7", hardware: .b200, hosts: 8, devicesPerHost: 4, hostsPerRack: 2, hostsPerLeaf: 4))
    scenario.start = 1e9 + 0.25
    (scenario.sensors.missing, scenario.sensors.clockOffset, scenario.sensors.portPeriod) = (0.1, 1e-5, 15)
    var training = TrainingWorkload()
    (training.expertParallel, training.tensorParallel, training.denseSeconds) = (8, 2, 1.0 / 7)
    (training.router.biasUpdate, training.router.zLoss) = (1e-3, 0)
    training.checkpoints = PeriodicPause(every: 600.1, duration: 7)
    training.evaluations = PeriodicPause(every: 900, duration: 30)
    var serving = ServingWorkload()
    (serving.devicesPerReplica, serving.experts, serving.router.drift) = (8, 16, 0.5)
    scenario.jobs = [
      JobSpecification(name: "t", hosts: 4, workload: .training(training)),
      JobSpecification(name: "s", workload: .serving(serving)),
    ]
    let cards = FaultCatalogue.standard
    var first = FaultSpecification(
      try cards.card("F13"), entity: EntityPath(parsing: "c7/rack1/host0/gpu2"), at: 400.25, duration: 1e2 / 3,
      severity: 0.1)
    (first.onset, first.ramp, first.precursor, first.lead) = (.exponential, 12.5, true, 90)
    var second = FaultSpecification(try cards.card("M1"), at: 1000, duration: 10, severity: 1)
    (second.expert, second.layers, second.precursor) = (5, 2..<7, false)
    var third = FaultSpecification(try cards.card("F09"), at: 2000, duration: 10, severity: 1)
    third.variant = "busy"
    scenario.faults = [first, second, third]
    scenario.benign = [
      BenignSpecification(
        kind: .warmInlet, entity: EntityPath(parsing: "c7/cooling0"), at: 10, duration: 20, severity: 0.5),
      BenignSpecification(kind: .plannedRestart, at: 10, duration: 20, severity: 0.5),
    ]
    var random = RandomFaults(
      count: 2, cards: [try cards.card("F03"), try cards.card("M2")], severity: 0.2...0.9, duration: 30...1e2)
    random.precursors = true
    scenario.randomFaults = random
    try expectEqualAfterReading(scenario)
  }

  @Test func everyRunOfACorpusReadsBack() throws {
    let text = try #require(CorpusSpecification.presets["standard"])
    let generator = ScenarioGenerator(try CorpusSpecification(parsing: text, source: "standard"), seed: 9)
    for run in generator.runs { try expectEqualAfterReading(run.scenario) }
  }
}
