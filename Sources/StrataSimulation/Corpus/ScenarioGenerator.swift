public import StrataTelemetry
import StrataTensor

/// One run of a corpus: what is simulated and for what it is meant.
public struct CorpusRun: Sendable, Hashable {
  /// Its name, which is also that of its files: `train-0007`.
  public let name: String
  /// For what it is meant.
  public let split: CorpusSpecification.Split
  /// The name of its topology.
  public let topology: String
  /// The seed with which its scenario is simulated.
  public let seed: UInt64
  /// What is simulated.
  public let scenario: Scenario
}

/// Draws the scenarios of a corpus from a specification and a seed.
///
/// What a split is to have in which shares (topologies, types of faults, runs without faults, compound faults, faults of
/// the telemetry) is dealt out, not drawn: shares are met up to rounding, and only who gets what is left to the seed.
/// Benign episodes are dealt out and placed without regard to faults, so that nothing before a fault tells that it will
/// come, unless the fault itself announces it.
///
/// Faults that arrive by themselves (``CorpusSpecification/Faults/arrivals``) are drawn: their shares are met in
/// expectation.
public struct ScenarioGenerator: Sendable {
  /// What the corpus is to consist of.
  public let specification: CorpusSpecification
  /// What decides everything random.
  public let seed: UInt64
  let streams: RandomStreams

  /// - Precondition: The specification has a topology and, in every split with runs, something to choose from.
  public init(_ specification: CorpusSpecification, seed: UInt64) {
    (self.specification, self.seed) = (specification, seed)
    streams = RandomStreams(seed: seed)
  }

  /// Every run, split by split.
  public var runs: [CorpusRun] { CorpusSpecification.Split.allCases.flatMap { runs(of: $0) } }

  /// The runs of one split; they do not depend on how many runs other splits have.
  public func runs(of split: CorpusSpecification.Split) -> [CorpusRun] {
    let count = specification.runs[split, default: 0]
    guard count > 0 else { return [] }
    let number = number(of: split)
    var generator = streams.generator(for: .corpus, number, -1)
    let topologies = dealTopologies(count, split, &generator)
    let arrived = specification.faults.arrivals.map { arrivedFaults($0, split, on: topologies) }
    let dealt = arrived == nil ? dealFaults(count, split, &generator) : []
    let total = arrived?.joined().count ?? dealt.joined().reduce(0) { $0 + ($1.companion == nil ? 1 : 2) }
    let episodes = dealEpisodes(total, over: count, &generator)
    return (0..<count).map { run in
      var generator = streams.generator(for: .corpus, number, run)
      let digits = "\(run)"
      let name = "\(split.rawValue)-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      var scenario = specification.scenario(name: name, on: topologies[run])
      // Seeds keep their digits in JSON.
      let seed = generator.next() >> 16
      scenario.benign = place(episodes[run], &generator)
      if let arrived {
        scenario.faults = arrived[run]
        locate(&scenario.benign, on: Cluster(scenario.cluster), &generator)
      } else {
        scenario.faults = place(dealt[run], &generator)
      }
      return CorpusRun(name: name, split: split, topology: topologies[run].name, seed: seed, scenario: scenario)
    }
  }

  /// The place of a split among all, which addresses its random numbers.
  func number(of split: CorpusSpecification.Split) -> Int { CorpusSpecification.Split.allCases.firstIndex(of: split)! }

  // MARK: Dealing

  private func dealTopologies(
    _ count: Int, _ split: CorpusSpecification.Split, _ generator: inout Generator
  ) -> [CorpusSpecification.Topology] {
    let allowed = specification.topologies.filter { specification.allows($0, in: split) }
    let own = specification.heldOut[split]
    let held = allowed.filter {
      own?.topologies.contains($0.name) ?? false || own?.hardware.contains($0.cluster.hardware) ?? false
    }
    let usual = allowed.filter { topology in !held.contains { $0.name == topology.name } }
    let share = held.isEmpty ? 0 : usual.isEmpty ? 1 : specification.heldOutShare
    let heldCount = Int((share * Double(count)).rounded())
    let dealt =
      deal(held, weights: held.map(\.weight), heldCount, &generator)
      + deal(usual, weights: usual.map(\.weight), count - heldCount, &generator)
    return generator.permutation(count).map { dealt[$0] }
  }

  /// How many benign episodes each run has: before and after the end of training.
  private func dealEpisodes(
    _ faults: Int, over count: Int, _ generator: inout Generator
  ) -> [(before: Int, after: Int)] {
    let rest = specification.duration - specification.training
    let byThemselves = specification.benignPerDay * rest / 86_400 * Double(count)
    let after = Int((specification.benign * Double(faults) + byThemselves).rounded(.up))
    let before = rest > 0 ? Int((Double(after) * specification.training / rest).rounded()) : after
    func spread(_ total: Int) -> [Int] {
      let order = generator.permutation(count)
      var counts = [Int](repeating: total / count, count: count)
      for run in order.prefix(total % count) { counts[run] += 1 }
      return counts
    }
    return zip(spread(before), spread(after)).map { ($0, $1) }
  }

  /// Elements as often as their weights say, up to one, in random order: systematic sampling.
  func deal<Element>(
    _ elements: [Element], weights: [Double], _ count: Int, _ generator: inout Generator
  ) -> [Element] {
    guard count > 0, !elements.isEmpty else { return [] }
    let total = weights.reduce(0, +)
    let offset = generator.uniformDouble()
    // Neighbours of the list must not be bound to each other.
    let order = generator.permutation(elements.count)
    var (dealt, reached, place) = ([Element](), 0.0, 0)
    for index in order {
      reached += weights[index] / total * Double(count)
      while Double(place) + offset < reached && dealt.count < count {
        dealt.append(elements[index])
        place += 1
      }
    }
    while dealt.count < count { dealt.append(elements[order[order.count - 1]]) }
    return generator.permutation(count).map { dealt[$0] }
  }

  // MARK: Placing

  func draw(_ range: ClosedRange<Double>, _ generator: inout Generator) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * generator.uniformDouble()
  }

  private func place(
    _ counts: (before: Int, after: Int), _ generator: inout Generator
  ) -> [BenignSpecification] {
    let (training, duration) = (specification.training, specification.duration)
    func episodes(_ count: Int, in range: ClosedRange<Double>) -> [BenignSpecification] {
      (0..<count).map { _ in
        let kind = BenignKind.allCases[generator.index(below: BenignKind.allCases.count)]
        let lasting = min(drawDuration(&generator), duration / 2).rounded(.down)
        let at = min(draw(range, &generator), duration - lasting - specification.interval)
        return BenignSpecification(
          kind: kind, at: max(0, at).rounded(.down), duration: max(specification.interval, lasting),
          severity: draw(0.3...1, &generator))
      }
    }
    return (episodes(counts.before, in: 0...training) + episodes(counts.after, in: training...duration))
      .sorted { $0.at < $1.at }
  }

  /// How long a fault or a benign episode lasts unless something cuts it short: neither is known by its length.
  func drawDuration(_ generator: inout Generator) -> Double {
    guard let arrivals = specification.faults.arrivals else { return draw(specification.faults.duration, &generator) }
    return bounded(arrivals.repair.draw(&generator) / arrivals.acceleration)
  }

  /// A repair as long as the specification allows.
  func bounded(_ repair: Double) -> Double {
    let bounds = specification.faults.duration
    return min(max(repair, bounds.lowerBound), bounds.upperBound)
  }

  func fault(
    _ card: FaultCard, at: Double, duration: Double, _ generator: inout Generator
  ) -> FaultSpecification {
    var fault = FaultSpecification(
      card, at: at, duration: max(specification.interval, min(duration, specification.duration - at)),
      severity: draw(specification.faults.severity, &generator))
    fault.precursor = specification.faults.precursors ? nil : false
    return fault
  }
}

extension CorpusSpecification {
  /// A run on a topology in which nothing happens.
  func scenario(name: String, on topology: Topology) -> Scenario {
    var scenario = Scenario(
      name: name, duration: duration, interval: interval, training: training, cluster: topology.cluster)
    scenario.jobs = [JobSpecification(name: "train", workload: .training(topology.training))]
    scenario.sensors = sensors
    return scenario
  }
}
