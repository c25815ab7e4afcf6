import StrataSimulation
import StrataTelemetry
import Testing

@Suite struct ScenarioGeneratorTests {
  private static let text = """
    name: test
    runs: {train: 60, validation: 30, test: 40}
    duration: 2400
    interval: 5
    training: 600
    topologies:
      - {name: small, weight: 3, cluster: {hosts: 2, devicesPerHost: 4}, training: {expertParallel: 8, experts: 16}}
      - {name: large, cluster: {hosts: 4, devicesPerHost: 4}, training: {expertParallel: 8, experts: 16}}
      - name: other
        cluster: {hosts: 2, devicesPerHost: 4, hardware: a100}
        training: {expertParallel: 8, experts: 16}
    faults:
      mix: llama-3
      perRun: [1, 3]
      free: 0.25
      severity: [0.3, 0.9]
      duration: [120, 300]
      compound: 0.08
      telemetry: 0.1
    benign: 1
    heldOut:
      share: 0.5
      validation: {faults: [hbm-errors]}
      test: {faults: [F13, M1], topologies: [large], hardware: [a100]}
    """

  private func generator(seed: UInt64 = 1) throws -> ScenarioGenerator {
    ScenarioGenerator(try CorpusSpecification(parsing: Self.text, source: "test"), seed: seed)
  }

  private func faults(_ runs: [CorpusRun]) -> [FaultSpecification] { runs.flatMap(\.scenario.faults) }

  @Test func equalSeedsGiveEqualRuns() throws {
    let runs = try generator().runs
    #expect(try generator().runs == runs && runs.count == 130)
    #expect(try generator(seed: 2).runs != runs)
    #expect(Set(runs.map(\.name)).count == 130 && Set(runs.map(\.seed)).count == 130)
    #expect(runs[0].name == "train-0000" && runs[129].name == "test-0039")
  }

  @Test func aSplitDoesNotDependOnTheOthers() throws {
    var specification = try generator().specification
    specification.runs = [.test: 40]
    #expect(try ScenarioGenerator(specification, seed: 1).runs == generator().runs(of: .test))
  }

  @Test func everyScenarioIsValid() throws {
    for run in try generator().runs { try run.scenario.validate() }
  }

  @Test(arguments: 1...8) func whatASplitHoldsOutIsInNoOther(seed: Int) throws {
    let generator = try generator(seed: UInt64(seed))
    func cards(_ split: CorpusSpecification.Split) -> Set<String> {
      Set(faults(generator.runs(of: split)).map(\.card.id))
    }
    func topologies(_ split: CorpusSpecification.Split) -> Set<String> {
      Set(generator.runs(of: split).map(\.topology))
    }
    #expect(cards(.train).isDisjoint(with: ["F13", "M1", "F27"]) && cards(.train).count > 8)
    #expect(cards(.validation).isDisjoint(with: ["F13", "M1"]) && cards(.validation).contains("F27"))
    #expect(cards(.test).isSuperset(of: ["F13", "M1"]) && !cards(.test).contains("F27"))
    #expect(topologies(.train) == ["small"] && topologies(.validation) == ["small"])
    #expect(topologies(.test) == ["small", "large", "other"])
    let hardware = Set(generator.runs(of: .train).map(\.scenario.cluster.hardware))
    #expect(hardware == [.h100])
  }

  @Test func sharesAreMetUpToRounding() throws {
    for split in CorpusSpecification.Split.allCases {
      let runs = try generator().runs(of: split)
      let count = Double(runs.count)
      #expect((Double(runs.count { $0.scenario.faults.isEmpty }) - 0.25 * count).magnitude <= 0.5)
      var (joined, total, telemetry) = (0, 0, 0)
      for run in runs {
        let faults = run.scenario.faults
        for (i, fault) in faults.enumerated() {
          let joins = i > 0 && faults[i - 1].at + faults[i - 1].duration > fault.at
          if joins { joined += 1 } else { total += 1 }
          if fault.card.unit == .sensor && !joins { telemetry += 1 }
        }
      }
      let compound = Double(joined) / Double(total)
      #expect(compound >= 0.05 && compound <= 0.1, "\(split): \(compound)")
      #expect((Double(telemetry) - 0.1 * Double(total)).magnitude <= 1)
    }
    let test = try generator().runs(of: .test)
    #expect(test.count { $0.topology != "small" } == 20)
  }

  @Test func benignEpisodesAreAsFrequentAsFaultsAndAsFrequentBeforeThem() throws {
    for split in CorpusSpecification.Split.allCases {
      let runs = try generator().runs(of: split)
      let episodes = runs.flatMap(\.scenario.benign)
      let faults = faults(runs).count
      #expect(episodes.count { $0.at >= 600 } >= faults)
      // A third of the time after training lies before its end.
      #expect((Double(episodes.count { $0.at < 600 }) - Double(faults) / 3).magnitude <= 2)
      // Runs without faults have as many as the others, up to one.
      let counts = runs.map(\.scenario.benign.count)
      #expect(counts.max()! - counts.min()! <= 2)
      #expect(Set(episodes.map(\.kind)).count == BenignKind.allCases.count)
    }
  }

  @Test func benignEpisodesComeWithoutFaultsToo() throws {
    var specification = try generator().specification
    specification.faults.free = 1
    let quiet = ScenarioGenerator(specification, seed: 3).runs
    #expect(quiet.flatMap(\.scenario.benign).isEmpty)
    specification.benignPerDay = 400
    let days = (specification.duration - specification.training) / 86_400
    for split in CorpusSpecification.Split.allCases {
      let runs = ScenarioGenerator(specification, seed: 3).runs(of: split)
      let episodes = runs.flatMap { $0.scenario.benign.filter { $0.at >= specification.training } }
      let expected = (400 * days * Double(runs.count)).rounded(.up)
      #expect(runs.flatMap(\.scenario.faults).isEmpty)
      #expect(Double(episodes.count) >= 0.9 * expected)
    }
  }

  @Test func faultsLieWithinTheirBoundsAndRecoverBeforeTheNext() throws {
    for run in try generator().runs {
      var end = 600 - CorpusSpecification.recovery
      for fault in run.scenario.faults where fault.at + fault.duration > end {
        #expect(fault.severity >= 0.3 && fault.severity <= 0.9)
        #expect(fault.at >= 600 && fault.at + fault.duration <= 2400)
        if fault.at >= end { #expect(fault.at >= end + CorpusSpecification.recovery - 1) }
        end = fault.at + fault.duration
      }
    }
  }

  @Test func weightsOfAMixDecideAboutFrequency() throws {
    var specification = try generator().specification
    specification.heldOut = [:]
    specification.faults.weights = ["F13": 3, "F03": 1]
    (specification.faults.compound, specification.faults.telemetry) = (0, 0)
    let drawn = faults(ScenarioGenerator(specification, seed: 1).runs(of: .train))
    let heat = Double(drawn.count { $0.card.id == "F13" })
    #expect((heat - 0.75 * Double(drawn.count)).magnitude <= 1)
  }
}
