import StrataTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How one step's tokens were distributed over the experts.
package struct Routing: Sendable {
  /// Tokens per `[layer, group, expert]`, row-major; whole numbers.
  package var tokens: [Double]
  /// The Switch balancing loss, averaged over layers and groups; one when balanced.
  package var balancingLoss: Double
  /// The entropy of the load, divided by that of an even load; averaged over layers and groups.
  package var entropy: Double

  package let experts: Int
  package let groups: Int

  package func tokens(layer: Int, group: Int, expert: Int) -> Double {
    tokens[(layer * groups + group) * experts + expert]
  }
}

/// Preferences that wander slowly, and Dirichlet-multinomial loads around them.
package struct Router: Sendable {
  /// Logits per `[layer, expert]`.
  private var preferences: [Double]
  private let workload: Workload
  private let placement: ExpertPlacement
  private let streams: RandomStreams

  /// Steps over which a preference forgets itself.
  private static let memory = 200.0

  package init(_ workload: Workload, placement: ExpertPlacement, streams: RandomStreams) {
    (self.workload, self.placement, self.streams) = (workload, placement, streams)
    var generator = streams.generator(for: .preference, -1)
    preferences = (0..<workload.layers * workload.experts).map { _ in
      workload.routerDrift * generator.normalDouble()
    }
  }

  /// Routes the tokens of one step.
  ///
  /// The balancing loss is `experts · Σ share·probability`, as in Megatron's `moe_utils.py` without its coefficient.
  ///
  /// Reference: Fedus, Zoph and Shazeer, "Switch Transformers", JMLR 23, 2022 (balancing loss).
  package mutating func route(step: Int, conditions: Conditions) -> Routing {
    drift(step: step)
    let (experts, groups) = (workload.experts, placement.groupCount)
    let count = workload.pairsPerDevice * Double(placement.groupSize)
    var routing = Routing(tokens: [], balancingLoss: 0, entropy: 0, experts: experts, groups: groups)
    routing.tokens.reserveCapacity(workload.layers * groups * experts)
    for layer in 0..<workload.layers {
      let probabilities = self.probabilities(layer: layer, conditions: conditions)
      let concentrations = probabilities.map { $0 * workload.routerConcentration * Double(experts) }
      for group in 0..<groups {
        var generator = streams.generator(for: .routing, step, layer * groups + group)
        let shares = generator.dirichlet(concentrations)
        let tokens = generator.multinomial(count: count, shares: shares)
        for (expert, n) in tokens.enumerated() {
          let share = n / count
          routing.balancingLoss += Double(experts) * share * probabilities[expert]
          if share > 0 { routing.entropy -= share * log(share) / log(Double(experts)) }
        }
        routing.tokens += tokens
      }
    }
    routing.balancingLoss /= Double(workload.layers * groups)
    routing.entropy /= Double(workload.layers * groups)
    return routing
  }

  private mutating func drift(step: Int) {
    let keep = exp(-1 / Self.memory)
    let kick = workload.routerDrift * (1 - keep * keep).squareRoot()
    var generator = streams.generator(for: .preference, step)
    for i in preferences.indices { preferences[i] = keep * preferences[i] + kick * generator.normalDouble() }
  }

  private func probabilities(layer: Int, conditions: Conditions) -> [Double] {
    var logits = Array(preferences[layer * workload.experts..<(layer + 1) * workload.experts])
    for shift in conditions.preferences where shift.layers.contains(layer) { logits[shift.expert] += shift.logit }
    let weights = logits.map { exp($0) }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }
}
