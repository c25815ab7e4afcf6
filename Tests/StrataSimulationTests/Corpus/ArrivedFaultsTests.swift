import StrataSimulation
import StrataTelemetry
import Testing

/// Corpora whose faults arrive by themselves.
@Suite struct ArrivedFaultsTests {
  private static let text = """
    name: field
    runs: {train: 40, validation: 20, test: 40}
    duration: 21600
    interval: 5
    training: 1600
    topologies:
      - name: wide
        weight: 3
        cluster: {hosts: 16, devicesPerHost: 4, hostsPerLeaf: 8}
        training: {expertParallel: 8, experts: 16}
      - name: other
        cluster: {hosts: 16, devicesPerHost: 4, hardware: a100}
        training: {expertParallel: 8, experts: 16}
    faults: {mix: llama-3, arrivals: {rate: 4, acceleration: 1000}, severity: [0.3, 0.9], telemetry: 0.1}
    heldOut:
      share: 0.5
      validation: {faults: [hbm-errors]}
      test: {faults: [F13, M1], hardware: [a100]}
    """

  private func specification(_ change: (inout CorpusSpecification) -> Void = { _ in }) throws -> CorpusSpecification {
    var specification = try CorpusSpecification(parsing: Self.text, source: "test")
    change(&specification)
    return specification
  }

  private func runs(
    seed: UInt64 = 1, _ change: (inout CorpusSpecification) -> Void = { _ in }
  ) throws -> [CorpusRun] { ScenarioGenerator(try specification(change), seed: seed).runs }

  /// Runs whose faults all lie in one host, with the number of that host for each.
  private func hostRuns(acceleration: Double = 1000) throws -> [[(fault: FaultSpecification, host: Int)]] {
    let runs = try runs { specification in
      (specification.heldOut, specification.faults.telemetry) = ([:], 0)
      specification.faults.weights = ["F13": 1, "F27": 1, "F16": 1, "F34": 1, "F30": 1]
      specification.faults.arrivals?.acceleration = acceleration
    }
    return runs.map { run in
      let cluster = Cluster(run.scenario.cluster)
      return run.scenario.faults.map { fault in
        (fault, cluster.hosts(at: cluster.place(at: fault.entity!)!)[0])
      }
    }
  }

  @Test func equalSeedsGiveEqualRunsAndASplitDoesNotDependOnTheOthers() throws {
    let all = try runs()
    #expect(try runs() == all)
    #expect(try runs(seed: 2) != all)
    #expect(try runs { $0.runs = [.test: 40] } == all.filter { $0.split == .test })
    #expect(
      try runs { $0.runs[.train] = 3 }.filter { $0.split == .validation } == all.filter { $0.split == .validation })
  }

  @Test func everyScenarioIsValidAndSurvivesItsText() throws {
    for run in try runs() {
      try run.scenario.validate()
      #expect(try Scenario(parsing: run.scenario.yaml, source: run.name) == run.scenario)
    }
  }

  @Test func theRateIsTheOneAskedForButForWhatHostsShare() throws {
    let counts = try hostRuns().map(\.count)
    let expected = 100 * 16 * 20_000 * 1000 / 86_400 * 4 / 1000
    let measured = Double(counts.reduce(0, +))
    #expect(measured / Double(expected) > 0.85 && measured / Double(expected) < 1.15, "\(measured) of \(expected)")
    // All cards: what a job or a rack has twice at once is one fault.
    let shared = Double(try runs().reduce(0) { $0 + $1.scenario.faults.count })
    #expect(shared > 0.6 * measured && shared < measured, "\(shared) of \(measured)")
  }

  @Test(arguments: 1...4) func whatASplitHoldsOutIsInNoOtherAndHasItsShare(seed: Int) throws {
    let runs = try runs(seed: UInt64(seed))
    func faults(_ split: CorpusSpecification.Split) -> [FaultSpecification] {
      runs.filter { $0.split == split }.flatMap(\.scenario.faults)
    }
    func cards(_ split: CorpusSpecification.Split) -> Set<String> { Set(faults(split).map(\.card.id)) }
    #expect(cards(.train).isDisjoint(with: ["F13", "M1", "F27"]) && cards(.train).count > 8)
    #expect(cards(.validation).isDisjoint(with: ["F13", "M1"]) && cards(.validation).contains("F27"))
    #expect(cards(.test).isSuperset(of: ["F13", "M1"]) && !cards(.test).contains("F27"))
    #expect(runs.filter { $0.split != .test }.allSatisfy { $0.scenario.cluster.hardware == .h100 })
    let test = faults(.test).filter { $0.card.unit != .sensor }
    let held = Double(test.count { ["F13", "M1"].contains($0.card.id) }) / Double(test.count)
    #expect(held > 0.38 && held < 0.62, "\(held)")
    let telemetry = Double(faults(.train).count { $0.card.unit == .sensor }) / Double(faults(.train).count)
    #expect(telemetry > 0.05 && telemetry < 0.17, "\(telemetry)")
  }

  @Test func faultsLieWithinTheirBoundsAndNoPlaceHasTheSameTwiceAtOnce() throws {
    for run in try runs(seed: 3) {
      let faults = run.scenario.faults
      #expect(faults.map(\.at) == faults.map(\.at).sorted())
      for (i, fault) in faults.enumerated() {
        #expect(fault.at >= 1600 && fault.at + fault.duration <= 21_600)
        #expect(fault.duration >= 5 && fault.severity >= 0.3 && fault.severity <= 0.9)
        for other in faults[..<i] where other.card == fault.card && other.entity == fault.entity {
          #expect(other.at + other.duration < fault.at)
        }
      }
    }
  }

  @Test func repairsKeepToTheBoundsOfTheSpecification() throws {
    let durations = try runs { $0.faults.duration = 60...900 }.flatMap(\.scenario.faults)
      .filter { $0.at < 20_000 }.map(\.duration)
    #expect(durations.allSatisfy { $0 >= 60 } && durations.contains(60) && durations.contains(900))
    // Half of the repairs take at most 20 hours, which are 72 seconds.
    let free = try hostRuns().flatMap { $0 }.map(\.fault.duration).sorted()
    #expect(free[free.count / 2] > 50 && free[free.count / 2] < 110, "\(free[free.count / 2])")
  }

  @Test func faultsComeInBurstsOnSeveralHostsAndAgain() throws {
    var gaps: [Double] = []
    var (together, again) = (0, 0)
    for faults in try hostRuns() {
      for (i, (fault, host)) in faults.enumerated() {
        if i > 0 { gaps.append(fault.at - faults[i - 1].fault.at) }
        let earlier = faults[..<i]
        if earlier.contains(where: { $0.host != host && fault.at - $0.fault.at < 2 }) { together += 1 }
        if earlier.contains(where: { $0.host == host && (0..<60).contains(fault.at - $0.fault.at - $0.fault.duration) })
        {
          again += 1
        }
      }
    }
    let mean = gaps.reduce(0, +) / Double(gaps.count)
    let deviation = (gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)).squareRoot()
    #expect(deviation / mean > 1.2, "\(deviation / mean)")
    // A Poisson process would have 0.2 % and 1 %.
    #expect(Double(together) > 0.06 * Double(gaps.count), "\(together) of \(gaps.count)")
    #expect(Double(again) > 0.08 * Double(gaps.count), "\(again) of \(gaps.count)")
  }

  @Test func someHostsHaveMoreThanTheirShare() throws {
    // Runs of a hundred and fifty faults; were hosts alike, the two worst would have a fifth of them.
    let shares = try hostRuns(acceleration: 10_000).prefix(10).map { faults in
      let counts = Dictionary(grouping: faults, by: \.host).values.map(\.count).sorted(by: >)
      return Double(counts[0] + counts[1]) / Double(faults.count)
    }
    #expect(shares.reduce(0, +) / Double(shares.count) > 0.28, "\(shares)")
  }

  @Test func theSameCardIsInTheSameDeviceOfAHost() throws {
    for faults in try hostRuns() {
      for own in Dictionary(grouping: faults, by: { "\($0.fault.card.id) \($0.host)" }).values {
        #expect(Set(own.map(\.fault.entity)).count == 1)
      }
    }
  }

  @Test func benignEpisodesAreAsFrequentAsFaultsAndPlacedWithoutRegardToThem() throws {
    for split in CorpusSpecification.Split.allCases {
      let runs = try runs().filter { $0.split == split }
      let faults = runs.reduce(0) { $0 + $1.scenario.faults.count }
      #expect(runs.reduce(0) { $0 + $1.scenario.benign.count { $0.at >= 1600 } } >= faults)
      let counts = runs.map(\.scenario.benign.count)
      #expect(counts.max()! - counts.min()! <= 2)
    }
  }

  @Test func benignEpisodesHitHostsWithFaultsAsOftenAsOthers() throws {
    var (hits, expected, count) = (0, 0.0, 0)
    for run in try runs(seed: 5) {
      let hosts = Cluster(run.scenario.cluster).hosts
      let faulty = Set(
        run.scenario.faults.compactMap(\.entity).flatMap { entity in
          hosts.filter { entity == $0 || entity.isDescendant(of: $0) }
        })
      for episode in run.scenario.benign where episode.kind == .dataLoading {
        hits += try faulty.contains(#require(episode.entity)) ? 1 : 0
        expected += Double(faulty.count) / Double(hosts.count)
        count += 1
      }
    }
    #expect(
      count > 100 && (Double(hits) - expected).magnitude < 0.12 * Double(count), "\(hits), \(expected) of \(count)")
  }

  @Test func whenADayBeginsTellsNothing() throws {
    // Onsets relative to the end of training, by the third of the day of 86.4 seconds: no third is preferred.
    var thirds = [0, 0, 0]
    for faults in try hostRuns() {
      for (fault, _) in faults {
        let day = (fault.at - 1600) / 86.4
        thirds[Int((day - day.rounded(.down)) * 3)] += 1
      }
    }
    let total = Double(thirds.reduce(0, +))
    #expect(thirds.allSatisfy { Double($0) / total > 0.27 && Double($0) / total < 0.4 }, "\(thirds)")
  }
}
