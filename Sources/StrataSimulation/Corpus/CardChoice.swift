/// Which cards a split may have, and how often.
struct CardChoice {
  /// Cards and how often each occurs, relative to the others.
  struct Group {
    var cards: [FaultCard] = []
    var weights: [Double] = []

    var isEmpty: Bool { cards.isEmpty }
  }

  /// Faults of the telemetry itself.
  private(set) var telemetry = Group()
  /// What the split holds out.
  private(set) var heldOut = Group()
  /// What the mix has and nobody holds out.
  private(set) var usual = Group()
  /// The part of the faults that are of the telemetry.
  let telemetryShare: Double
  /// The part of the others that are of what the split holds out.
  let heldOutShare: Double

  init(_ specification: CorpusSpecification, _ split: CorpusSpecification.Split) {
    let own = specification.heldOut[split]?.faults ?? []
    func add(_ card: FaultCard, _ weight: Double, to group: inout Group) {
      group.cards.append(card)
      group.weights.append(weight)
    }
    for card in FaultCatalogue.standard.cards where specification.allows(fault: card.id, in: split) {
      if card.unit == .sensor { add(card, 1, to: &telemetry) }
      if own.contains(card.id) {
        if card.unit != .sensor { add(card, 1, to: &heldOut) }
      } else if let weight = specification.faults.weights[card.id] {
        add(card, weight, to: &usual)
      }
    }
    telemetryShare = telemetry.isEmpty ? 0 : specification.faults.telemetry
    heldOutShare = heldOut.isEmpty ? 0 : usual.isEmpty ? 1 : specification.heldOutShare
  }

  /// The same as a table of failures with a cause for every card; empty when there is no card.
  var causes: [FailureTable.Cause] {
    let rest = 1 - telemetryShare
    let shares = [
      (telemetry, telemetryShare), (heldOut, rest * heldOutShare), (usual, rest * (1 - heldOutShare)),
    ]
    return shares.flatMap { group, share -> [FailureTable.Cause] in
      let total = group.weights.reduce(0, +)
      return zip(group.cards, group.weights).compactMap { card, weight in
        share > 0 ? FailureTable.Cause(card.name, share * weight / total, cards: [card.id]) : nil
      }
    }
  }
}
