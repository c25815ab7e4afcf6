import StrataSimulation
import Testing

/// Every card of the standard catalogue does what its signature says, on culprit and victims, at three severities and on
/// two topologies, in each of its forms.
@Suite struct SignatureTests {
  static let severities = [0.5, 0.75, 1]
  static let cards = FaultCatalogue.standard.cards

  /// Signs that a fault shows only from some severity on, and why.
  static let least: [String: [(role: FaultStage.Role, aspects: [FaultSignature.Aspect], severity: Double)]] = [
    // Devices differ by more than a few slow operations cost, so that often another one is the last.
    "F26": [(.victim, [.wait], 0.75)],
    // Few batches pass through the disk.
    "F33": [(.victim, [.wait], 0.75)],
    // Half as fast fans warm the devices, but not up to slowdown.
    "F35": [
      (.culprit, [.clock, .power, .tensor, .work], 0.75), (.victim, [.wait, .stepTime], 0.75),
      (.victim, [.power], 1),
    ],
    // Experts still take nearly all tokens.
    "M4": [(.culprit, [.loss, .router], 0.75)],
  ]

  /// On which clusters a card is tried.
  private func clusters(_ card: FaultCard) -> [TestCluster] {
    switch card.id {
    // Traffic within hosts must bound something.
    case "F07", "F08", "F11": [.hostExperts, .pipelines]
    // A slower memory shows where nothing else differs.
    case "F26": [.evenExperts, .evenPipelines]
    // A last stage must be one of several.
    case "F23": [.stages, .pipelines]
    case "F31", "F33": [.savingExperts, .savingPipelines]
    case "M9": [.biasedExperts, .biasedPipelines]
    default: [.experts, .pipelines]
    }
  }

  @Test(arguments: cards.map(\.id)) func showsItsSignature(id: String) throws {
    let card = try FaultCatalogue.standard.card(id)
    var faults: [String] = []
    for cluster in clusters(card) {
      for severity in Self.severities {
        for variant in card.variants.isEmpty ? [nil] : card.variants.map({ Optional($0.name) }) {
          let isGradual = card.id == "F29" || card.id == "F30"
          let experiment = Experiment(
            card, on: cluster, severity: severity, variant: variant, announced: isGradual)
          let place = "\(card.id) at \(severity) on \(cluster.name)" + (variant.map { ", \($0)" } ?? "")
          for (role, signature) in [
            (FaultStage.Role.culprit, card.signature.culprit), (.victim, card.signature.victim),
          ] {
            for (aspect, signs) in signature.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
              if severity < least(card, role, aspect) { continue }
              let window = window(experiment, aspect, signs, isGradual: isGradual)
              let signs = Signs(
                experiment: experiment, subject: role == .culprit ? experiment.culprit : experiment.victim,
                samples: window
              ).fault(aspect, signs)
              if let signs { faults.append("\(place), \(role): \(signs)") }
            }
          }
        }
      }
    }
    #expect(faults.isEmpty, "\(faults.joined(separator: "\n"))")
  }

  /// What the signs are worth: a fault too weak to do anything shows none but calm.
  @Test(arguments: FaultSignature.Aspect.allCases) func nothingMovesWithoutAFault(aspect: FaultSignature.Aspect) {
    let calm = Experiment(Scenario.card("F13"), on: .experts, severity: 0.0001)
    for subject in [calm.culprit, calm.victim] {
      let signs = Signs(experiment: calm, subject: subject, samples: calm.settled)
      #expect(signs.fault(aspect, [.flat]) == nil)
      for sign in FaultSignature.Sign.allCases where sign != .flat {
        // Devices at work are utilised in full, with a fault or without.
        if aspect == .utilisation && sign == .up { continue }
        #expect(signs.fault(aspect, [sign]) != nil, "\(sign)")
      }
    }
  }

  /// Where a sign is looked for: in the last minute before the onset of what grows until then, all the time for what
  /// comes now and then, and when the fault has settled for everything else.
  private func window(
    _ experiment: Experiment, _ aspect: FaultSignature.Aspect, _ signs: [FaultSignature.Sign], isGradual: Bool
  ) -> Range<Int> {
    let all = experiment.samples
    if isGradual && aspect != .stepTime { return all.lowerBound - 60..<all.lowerBound }
    let comesAndGoes = signs.contains(.spike) || aspect == .errors || aspect == .loss && signs.contains(.jitter)
    return comesAndGoes ? all : experiment.settled
  }

  private func least(_ card: FaultCard, _ role: FaultStage.Role, _ aspect: FaultSignature.Aspect) -> Double {
    (Self.least[card.id] ?? []).filter { $0.role == role && $0.aspects.contains(aspect) }.map(\.severity).max() ?? 0
  }
}
