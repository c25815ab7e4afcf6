import StrataTensor

extension ScenarioGenerator {
  /// A fault that a run will have, and one that joins it.
  struct Dealt {
    var card: FaultCard
    var companion: FaultCard?
  }

  /// The faults of every run of a split, in the shares that the specification asks for.
  func dealFaults(_ count: Int, _ split: CorpusSpecification.Split, _ generator: inout Generator) -> [[Dealt]] {
    let settings = specification.faults
    let free = Int((settings.free * Double(count)).rounded())
    let order = generator.permutation(count)
    var counts = [Int](repeating: 0, count: count)
    for (place, run) in order.dropFirst(free).enumerated() {
      counts[run] = settings.perRun.lowerBound + place % settings.perRun.count
    }
    let total = counts.reduce(0, +)
    guard total > 0 else { return counts.map { _ in [] } }
    let choice = CardChoice(specification, split)
    var cards = dealCards(total, choice, &generator)
    // Who is joined, and by whom.
    let joined = Int((settings.compound * Double(total)).rounded())
    let companions = deal(choice.usual.cards, weights: choice.usual.weights, joined, &generator)
    for (event, companion) in zip(generator.permutation(total), companions) {
      cards[event].companion =
        companion.id == cards[event].card.id ? choice.usual.cards.first { $0.id != companion.id } : companion
    }
    var next = 0
    return counts.map { own in
      defer { next += own }
      return Array(cards[next..<next + own])
    }
  }

  private func dealCards(_ total: Int, _ choice: CardChoice, _ generator: inout Generator) -> [Dealt] {
    let telemetry = Int((choice.telemetryShare * Double(total)).rounded())
    let held = Int((choice.heldOutShare * Double(total - telemetry)).rounded())
    let parts = [
      (choice.telemetry, telemetry), (choice.heldOut, held), (choice.usual, total - telemetry - held),
    ]
    var dealt: [FaultCard] = []
    for (group, count) in parts { dealt += deal(group.cards, weights: group.weights, count, &generator) }
    return generator.permutation(total).map { Dealt(card: dealt[$0]) }
  }

  /// One fault in each of equally long parts of the time after training, with room to recover behind it.
  func place(_ faults: [Dealt], _ generator: inout Generator) -> [FaultSpecification] {
    let slot = (specification.duration - specification.training) / Double(max(1, faults.count))
    return faults.enumerated().flatMap { place, dealt in
      let lasting = drawDuration(&generator).rounded(.down)
      let room = max(0, slot - lasting - CorpusSpecification.recovery)
      let at = (specification.training + Double(place) * slot + room * generator.uniformDouble()).rounded(.up)
      var specifications = [fault(dealt.card, at: at, duration: lasting, &generator)]
      if let companion = dealt.companion {
        let delay = (0.5 * lasting * generator.uniformDouble()).rounded(.down)
        specifications.append(fault(companion, at: at + delay, duration: lasting - delay, &generator))
      }
      return specifications
    }
  }
}
