import Strata

/// Everything on one card, for people.
struct FaultCardText {
  let card: FaultCard
  let catalogue: FaultCatalogue

  /// The column in which values begin.
  private static let column = 13

  func text(isColored: Bool) -> String {
    let heading = "\(card.id)  \(card.name)"
    var text = isColored ? "\u{1B}[1m\(heading)\u{1B}[0m\n\n" : "\(heading)\n\n"
    text += WrappedText.lines(card.summary) + "\n"
    for (label, value) in entries {
      let padding = String(repeating: " ", count: max(2, Self.column - label.count))
      text += WrappedText.lines(value, first: label + padding, indentation: Self.column)
    }
    return text
  }

  private var entries: [(label: String, value: String)] {
    var entries = [("layer", card.layer.rawValue), ("unit", unit)]
    if card.isBenign { entries.append(("benign", "needs no repair")) }
    entries.append(("onset", onset))
    if !card.effects.isEmpty { entries.append(("changes", Self.text(of: card.effects))) }
    for (index, variant) in card.variants.enumerated() {
      let changes = [Self.text(of: variant.effects), Self.text(of: variant.xids)].filter { !$0.isEmpty }
      entries.append(
        (index == 0 ? "variants" : "", ([variant.name] + changes).joined(separator: ": ")))
    }
    if !card.xids.isEmpty { entries.append(("log", Self.text(of: card.xids))) }
    entries.append(("outcome", outcome))
    entries.append(("precursor", card.precursor.map(Self.text(of:)) ?? "none"))
    if let horizon = card.horizon { entries.append(("horizon", Self.time(horizon))) }
    entries.append(("channels", card.channels.joined(separator: ", ")))
    entries.append(
      ("spreads", card.propagation.map { "\($0.role.rawValue)\u{A0}\($0.layer.rawValue)" }.joined(separator: " → ")))
    entries.append(("culprit", Self.text(of: card.signature.culprit)))
    entries.append(("victim", Self.text(of: card.signature.victim)))
    let twins = card.twins.map { id in "\(id)\u{A0}\(catalogue[id]?.name ?? "")" }
    if !twins.isEmpty { entries.append(("looks like", twins.joined(separator: ", "))) }
    entries.append(("source", card.source))
    return entries
  }

  private var unit: String {
    guard let devices = card.devices else { return card.unit.rawValue }
    return "\(card.unit.rawValue), on \(devices.lowerBound) to \(devices.upperBound) of its devices"
  }

  private var onset: String {
    let shape = card.onset == .step ? "at once" : "\(card.onset.rawValue), over \(Self.time(card.ramp))"
    return shape + (card.atRestart ? ", at a restart" : "")
  }

  private var outcome: String {
    switch card.outcome {
    case .none: "the job goes on"
    case .hang: "the job hangs until the watchdog ends it"
    case .crash: "a rank dies, and all others with it"
    case .abort: "the job dies within a second and restarts"
    }
  }

  private static func text(of effects: [FaultEffect]) -> String {
    effects.map { effect in
      let value = NumberText.short(effect.value)
      return switch effect.operation {
      case .multiply: "\(effect.quantity)\u{A0}×\u{A0}\(value)"
      case .scale: "\(effect.quantity)\u{A0}×\u{A0}\(value) in equal ratios"
      case .add: "\(effect.quantity)\u{A0}+\u{A0}\(value)"
      case .set: "\(effect.quantity)\u{A0}=\u{A0}\(value)"
      }
    }.joined(separator: ", ")
  }

  private static func text(of xids: [FaultXid]) -> String {
    xids.map { "Xid \($0.code)" + ($0.after > 0 ? " after \(time($0.after))" : "") }.joined(separator: ", ")
  }

  private static func text(of precursor: FaultPrecursor) -> String {
    let share = NumberText.fixed(precursor.probability * 100, decimals: 0)
    return "\(share) % of the cases, \(time(precursor.lead)) ahead: \(text(of: precursor.effects))"
  }

  private static func text(of signs: [FaultSignature.Aspect: [FaultSignature.Sign]]) -> String {
    guard !signs.isEmpty else { return "nothing of its own" }
    return FaultSignature.Aspect.allCases.compactMap { aspect in
      signs[aspect].map { "\(aspect.rawValue)\u{A0}\($0.map(\.rawValue).joined(separator: " or "))" }
    }.joined(separator: ", ")
  }

  private static func time(_ range: ClosedRange<Double>) -> String {
    range.lowerBound == range.upperBound
      ? time(range.lowerBound) : "\(time(range.lowerBound)) to \(time(range.upperBound))"
  }

  /// `3 d` from two days on, else hours, minutes and seconds.
  private static func time(_ seconds: Double) -> String {
    let days = seconds / 86_400
    return days >= 2 ? "\(NumberText.short(days)) d" : NumberText.duration(seconds: seconds)
  }
}
