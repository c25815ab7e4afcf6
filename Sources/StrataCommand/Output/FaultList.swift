import Strata

/// Cards of faults, one per line.
struct FaultList {
  let cards: [FaultCard]

  func text(isColored: Bool) -> String {
    guard !cards.isEmpty else { return "No faults.\n" }
    var table = TextTable(
      .init("id"), .init("name"), .init("layer"), .init("unit"), .init("precursor", isNumber: true), .init("what"))
    for card in cards {
      table.add(card.id, card.name, card.layer.rawValue, card.unit.rawValue, Self.precursor(of: card), card.title)
    }
    return table.text(isColored: isColored)
  }

  var markdown: String {
    let rows = cards.map { card in
      let cells = [
        card.id, card.name, card.layer.rawValue, card.unit.rawValue, Self.precursor(of: card),
        card.summary.replacing("|", with: "\\|"),
      ]
      return "| " + cells.joined(separator: " | ") + " |\n"
    }
    return "| id | name | layer | unit | precursor | what |\n|---|---|---|---|---:|---|\n" + rows.joined()
  }

  /// How often something announces the fault; a dash for never.
  private static func precursor(of card: FaultCard) -> String {
    card.precursor.map { NumberText.fixed($0.probability * 100, decimals: 0) + " %" } ?? "–"
  }
}
