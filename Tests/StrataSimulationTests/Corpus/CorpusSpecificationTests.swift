import StrataSimulation
import StrataTelemetry
import Testing

@Suite struct CorpusSpecificationTests {
  private static let text = """
    name: test
    runs: {train: 4, test: 2}
    duration: 2400
    interval: 5
    training: 600
    topologies:
      - name: small
        cluster: {hosts: 2, devicesPerHost: 4}
        training: {expertParallel: 8, experts: 16}
    faults: {mix: {F13: 1, degraded-link: 2}, perRun: [1, 2], duration: [120, 300]}
    heldOut: {test: {faults: [F13]}}
    """

  @Test func presetsReadAndAreValid() throws {
    for (name, text) in CorpusSpecification.presets {
      let specification = try CorpusSpecification(parsing: text, source: name)
      #expect(specification.name == name)
      for run in ScenarioGenerator(specification, seed: 3).runs { try run.scenario.validate() }
    }
  }

  @Test func aTableGivesEveryCauseItsWeight() throws {
    let weights = CorpusSpecification.Faults.weights(.llama3)
    #expect((weights.values.reduce(0, +) - 419).magnitude < 1e-9)
    #expect(weights["F27"] == 72 && weights["F01"] == 7)
  }

  @Test(arguments: [
    ("runs: {train: 4, test: 2}", "runs: {train: 0}", "test:2: 'runs' asks for no run"),
    (
      "runs: {train: 4, test: 2}", "runs: {trian: 4}",
      "test:2: unknown key 'trian' in 'runs'; did you mean 'train'?"
    ),
    (
      "runs: {train: 4, test: 2}", "runs: {train: 4, tets: 2}",
      "test:2: unknown key 'tets' in 'runs'; did you mean 'test'?"
    ),
    ("training: 600", "training: 2500", "test:5: 'training' must be from 0.0 to 2400.0, found '2500'"),
    ("hosts: 2", "hosts: 0", "test:8: 'cluster.hosts' must be from 1 to 16384, found 0"),
    (
      "expertParallel: 8", "expertParallel: 7",
      "test:9: 'training.expertParallel' must divide the 8 positions of a stage, found 7"
    ),
    (
      "degraded-link: 2", "degraded-lnik: 2",
      "test:10: there is no fault 'degraded-lnik'; did you mean 'degraded-link'?"
    ),
    ("degraded-link: 2", "mixture-shift: 2", "test:10: 'faults.mix.mixture-shift' is benign and so no fault"),
    ("degraded-link: 2", "f13: 2", "test:10: 'faults.mix.f13' is given twice, by name and by id"),
    (
      "mix: {F13: 1, degraded-link: 2}", "mix: llama",
      "test:10: 'faults.mix' must be llama-3, ft-hsdp, infinitehbd, acme, byterobust, lablup, mixture-of-experts, "
        + "training or weights by kind, found 'llama'"
    ),
    ("perRun: [1, 2]", "perRun: [2, 1]", "test:10: 'faults.perRun' must be [least, most], found [2, 1]"),
    (
      "perRun: [1, 2]", "perRun: [1, 9]",
      "test:10: 9 faults of up to 300.0 s, each followed by 180.0 s, do not fit into the 1800.0 s after training"
    ),
    (
      "perRun: [1, 2]", "arrivals: {acceleratoin: 1000}",
      "test:10: unknown key 'acceleratoin' in 'faults.arrivals'; did you mean 'acceleration'?"
    ),
    (
      "perRun: [1, 2]", "arrivals: {rate: -4}",
      "test:10: 'faults.arrivals.rate' must be from 0.001 to 1000.0, found '-4'"
    ),
    (
      "perRun: [1, 2]", "arrivals: {acceleration: 0.5}",
      "test:10: 'faults.arrivals.acceleration' must be from 1.0 to 100000.0, found '0.5'"
    ),
    ("perRun: [1, 2]", "arrivals: ", "test:10: 'faults.arrivals' has no value"),
    (
      "perRun: [1, 2]", "arrivals: {}, perRun: [1, 2]",
      "test:10: 'faults.perRun' deals faults out, 'faults.arrivals' lets them come by themselves; remove one of the two"
    ),
    (
      "perRun: [1, 2]", "arrivals: {}, free: 0.1",
      "test:10: 'faults.free' deals faults out, 'faults.arrivals' lets them come by themselves; remove one of the two"
    ),
    (
      "perRun: [1, 2]", "arrivals: {}, compound: 0",
      "test:10: 'faults.compound' deals faults out, 'faults.arrivals' lets them come by themselves; remove one of the two"
    ),
    (
      "perRun: [1, 2]", "arrivals: {acceleration: 1}",
      "test:10: 'faults.arrivals' would bring 0.0002 faults to a run on 'small'; change rate or acceleration so that it "
        + "is from 0.01 to 1000"
    ),
    (
      "perRun: [1, 2]", "arrivals: {rate: 1000, acceleration: 100000}",
      "test:10: 'faults.arrivals' would bring 4166.6667 faults to a run on 'small'; change rate or acceleration so that "
        + "it is from 0.01 to 1000"
    ),
    (
      "test: {faults: [F13]}", "test: {faults: [F99]}",
      "test:11: there is no fault 'F99'; the ids are F01 to F40 and M1 to M12"
    ),
    (
      "test: {faults: [F13]}", "test: {topologies: [smal]}",
      "test:11: there is no topology 'smal'; did you mean 'small'?"
    ),
    (
      "test: {faults: [F13]}", "test: {topologies: [small]}",
      "test:11: no topology is left for train: all are held out for others"
    ),
    (
      "test: {faults: [F13]}", "test: {faults: [F13, F03]}",
      "test:11: no fault is left for train: all are held out for others"
    ),
  ])
  func mistakesAreNamedWithTheirLine(old: String, new: String, message: String) {
    #expect(Self.text.contains(old))
    let error = #expect(throws: ConfigurationError.self) {
      try CorpusSpecification(parsing: Self.text.replacing(old, with: new), source: "test")
    }
    #expect(error?.description.hasPrefix(message) == true, "said: \(error?.description ?? "nothing")")
  }
}
