import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How many routers there are and what they distribute.
package struct RouterShape: Sendable, Hashable {
  package let layers: Int
  package let experts: Int
  /// Sets of ranks that hold every expert once, and distribute tokens among themselves.
  package let groups: Int
  /// Token-expert pairs per group, layer and step.
  package let pairsPerGroup: Double

  package init(layers: Int, experts: Int, groups: Int, pairsPerGroup: Double) {
    (self.layers, self.experts, self.groups, self.pairsPerGroup) = (layers, experts, groups, pairsPerGroup)
  }
}

/// The routers of all layers of one job: preferences that wander, what holds them in balance, and loads around them.
///
/// A token's logits are normal around the preferences. The loads of a group are Dirichlet-multinomial around the softmax
/// of preference and bias. The balancing loss pulls preferences towards balance as its gradient does, the z-loss pulls the
/// level of the logits towards one, and the bias follows the sign of each expert's deficit.
///
/// References: Fedus, Zoph and Shazeer, "Switch Transformers", JMLR 23, 2022 (balancing loss, capacity); Zoph et al.,
/// "ST-MoE", 2022 (z-loss); Wang et al., "Auxiliary-Loss-Free Load Balancing Strategy for Mixture-of-Experts", 2024 (bias).
package struct Router: Sendable {
  /// What a router remembers, per `[layer, expert]` or per layer.
  private var preferences: [Double]
  private(set) var biases: [Double]
  /// The biases of every group while they miss the reduction; nil when all have the same.
  private var replicas: ReplicaBiases?
  private var levels: [Double]
  /// Output norms of the experts, relative to healthy ones.
  package private(set) var norms: [Double]

  private let shape: RouterShape
  private let settings: RouterSettings
  private let job: Int
  private let streams: RandomStreams

  private var experts: Int { shape.experts }

  /// Steps over which a preference forgets itself.
  private static let memory = 200.0
  /// How fast the gradient of the balancing loss moves preferences, in logits per step and unit of coefficient.
  private static let balancingSpeed = 0.05
  /// How fast the z-loss brings the level of the logits back, per step and unit of coefficient.
  private static let levelSpeed = 2.0
  /// The step of biases that replicas are given when they miss a reduction although the settings know none.
  private static let usualBiasUpdate = 1e-3
  /// The capacity that a router without one is given when capacity becomes short, relative to an even load.
  private static let usualCapacity = 1.25

  package init(_ shape: RouterShape, _ settings: RouterSettings, job: Int, streams: RandomStreams) {
    (self.shape, self.settings, self.job, self.streams) = (shape, settings, job, streams)
    var generator = streams.generator(for: .preference, job, -1)
    let count = shape.layers * shape.experts
    preferences = (0..<count).map { _ in settings.drift * generator.normalDouble() }
    biases = [Double](repeating: 0, count: count)
    levels = [Double](repeating: 1, count: shape.layers)
    norms = [Double](repeating: 1, count: count)
  }

  /// The bias that is logged: that of the first group, if they differ.
  package func bias(layer: Int, expert: Int) -> Double {
    let own = biases(layer: layer, group: 0)
    return own[own.startIndex + expert]
  }

  /// The deviation between the biases of groups, in logits.
  package var disagreement: Double { replicas?.disagreement ?? 0 }

  private func biases(layer: Int, group: Int) -> ArraySlice<Double> {
    replicas?.biases(layer: layer, group: group) ?? biases[layer * experts..<(layer + 1) * experts]
  }

  /// Routes the tokens of one step and lets the controllers act on the result.
  package mutating func route(step: Int, conditions: JobConditions) -> Routing {
    drift(step: step)
    synchronise(conditions)
    var routing = Routing(tokens: [], layers: [], experts: experts, groups: shape.groups)
    routing.tokens.reserveCapacity(shape.layers * shape.groups * experts)
    for layer in 0..<shape.layers { route(layer, step: step, conditions: conditions, into: &routing) }
    let rate = settings.biasUpdate > 0 ? settings.biasUpdate : Self.usualBiasUpdate
    replicas?.move(rate: rate, length: max(1, Int((conditions[.biasDesync] / rate).rounded())))
    return routing
  }

  /// Gives every group biases of its own when a reduction is missed, and all the same again when none is.
  private mutating func synchronise(_ conditions: JobConditions) {
    if conditions[.biasDesync] > 0 {
      if replicas == nil { replicas = ReplicaBiases(biases, groups: shape.groups, experts: experts) }
    } else if let last = replicas {
      if settings.biasUpdate > 0 { biases = last.means }
      replicas = nil
    }
  }

  private mutating func drift(step: Int) {
    let keep = exp(-1 / Self.memory)
    let kick = settings.drift * (1 - keep * keep).squareRoot()
    var generator = streams.generator(for: .preference, job, step)
    for i in preferences.indices { preferences[i] = keep * preferences[i] + kick * generator.normalDouble() }
  }

  private mutating func route(_ layer: Int, step: Int, conditions: JobConditions, into routing: inout Routing) {
    let shifts = conditions.router.filter { $0.layers.contains(layer) }
    grow(layer, shifts, conditions)
    let logits = logits(of: layer, shifts: shifts, conditions: conditions)
    let probabilities = softmax(logits)
    let (groups, pairs) = (shape.groups, shape.pairsPerGroup)
    let capacity = capacity(shifts, pairs: pairs)
    var statistics = RouterStatistics()
    var load = [Double](repeating: 0, count: experts)
    for group in 0..<groups {
      let biased = zip(logits, biases(layer: layer, group: group)).map(+)
      var generator = streams.generator(for: .routing, (job << 40) + step, layer * groups + group)
      let shares = generator.dirichlet(softmax(biased).map { max(1e-6, $0) * settings.concentration * Double(experts) })
      var tokens = generator.multinomial(count: pairs, shares: shares)
      replicas?.count(tokens, layer: layer, group: group)
      record(&tokens, probabilities: probabilities, pairs: pairs, capacity: capacity, load: &load, &statistics)
      if conditions[.expertShuffle] > 0 { misplace(&tokens, layer, conditions[.expertShuffle]) }
      routing.tokens += tokens
    }
    finish(&statistics, logits: logits, layer: layer)
    routing.layers.append(statistics)
    balance(layer, load: load, probabilities: probabilities, pairs: pairs)
  }

  /// Lets a part of the experts stand in other places than the placement assumes: their tokens go there.
  private func misplace(_ tokens: inout [Double], _ layer: Int, _ part: Double) {
    let before = tokens
    for expert in tokens.indices {
      var generator = streams.generator(for: .misplacement, job, layer * experts + expert)
      guard generator.uniformDouble() < part else { continue }
      tokens[expert] -= before[expert]
      tokens[generator.index(below: experts)] += before[expert]
    }
  }

  /// What faults do to preferences, levels and norms themselves, step after step.
  private mutating func grow(_ layer: Int, _ shifts: [RouterShift], _ conditions: JobConditions) {
    for shift in shifts {
      levels[layer] *= 1 + shift[.logitGrowth]
      if let expert = shift.expert { norms[layer * experts + expert] *= 1 - shift[.normDecay] }
      guard shift[.reinforcement] > 0 else { continue }
      // Replicator dynamics: what is chosen more often learns faster, and is chosen more often.
      let places = layer * experts..<(layer + 1) * experts
      let shares = softmax(logits(of: layer, shifts: shifts, conditions: conditions))
      for (share, i) in zip(shares, places) {
        preferences[i] += shift[.reinforcement] * max(-1, min(3, Double(experts) * share - 1))
      }
    }
    let excess = levels[layer] - 1
    levels[layer] -= min(0.5, Self.levelSpeed * settings.zLoss) * excess
  }

  private func logits(of layer: Int, shifts: [RouterShift], conditions: JobConditions) -> [Double] {
    var logits = (0..<experts).map { levels[layer] * preferences[layer * experts + $0] }
    for shift in shifts { if let expert = shift.expert { logits[expert] += shift[.preference] } }
    // Another mixture of data prefers other experts, neither more nor less strongly.
    let shift = conditions[.mixtureShift]
    if shift > 0 {
      let keep = (1 - shift * shift).squareRoot()
      for i in logits.indices {
        logits[i] = keep * logits[i] + shift * settings.drift * streams.deviate(.mixture, job, layer * experts + i)
      }
    }
    return logits
  }

  private func capacity(_ shifts: [RouterShift], pairs: Double) -> Double {
    let factor = shifts.reduce(settings.capacityFactor > 0 ? settings.capacityFactor : .infinity) { limit, shift in
      shift[.capacity] < 1 ? min(limit, Self.usualCapacity) * shift[.capacity] : limit
    }
    return (factor * pairs / Double(experts)).rounded(.up)
  }

  private func record(
    _ tokens: inout [Double], probabilities: [Double], pairs: Double, capacity: Double, load: inout [Double],
    _ statistics: inout RouterStatistics
  ) {
    let mean = pairs / Double(experts)
    var (largest, dropped, dead, balancing) = (0.0, 0.0, 0.0, 0.0)
    for expert in tokens.indices {
      let n = tokens[expert]
      balancing += n / pairs * probabilities[expert]
      largest = max(largest, n)
      if n < 0.1 * mean { dead += 1 }
      load[expert] += n
      if n > capacity {
        dropped += n - capacity
        tokens[expert] = capacity
      }
    }
    let weight = 1 / Double(shape.groups)
    statistics.balancingLoss += Double(experts) * balancing * weight
    statistics.maximalViolation += (largest / mean - 1) * weight
    statistics.deadFraction += dead / Double(experts) * weight
    statistics.dropRate += dropped / pairs * weight
  }

  /// Entropy and z-loss of tokens whose logits are normal around the preferences (Derrida's random-energy model).
  private func finish(_ statistics: inout RouterStatistics, logits: [Double], layer: Int) {
    let mean = logits.reduce(0, +) / Double(experts)
    let spread = logits.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(experts)
    let token = levels[layer] * settings.tokenDeviation
    let variance = spread + token * token
    let full = log(Double(max(2, experts)))
    // Above the freezing point a few experts take all the probability.
    let frozen = variance >= 2 * full
    statistics.entropy = frozen ? 0.02 : max(0.02, 1 - variance / (2 * full))
    let partition = frozen ? (2 * full * variance).squareRoot() : full + variance / 2
    let level = levels[layer] * (partition + mean) - full
    statistics.zLoss = level * level
    statistics.largestBias = biases(layer: layer, group: 0).reduce(0) { max($0, abs($1)) }
  }

  /// One step of the controllers.
  private mutating func balance(_ layer: Int, load: [Double], probabilities: [Double], pairs: Double) {
    let mean = pairs * Double(shape.groups) / Double(experts)
    for expert in 0..<experts {
      let i = layer * experts + expert
      let excess = load[expert] / mean - 1
      preferences[i] -= Self.balancingSpeed * settings.balancingLoss * excess
      guard replicas == nil, settings.biasUpdate > 0, excess != 0 else { continue }
      biases[i] -= excess > 0 ? settings.biasUpdate : -settings.biasUpdate
    }
  }

  private func softmax(_ logits: [Double]) -> [Double] {
    let largest = logits.max() ?? 0
    let weights = logits.map { exp($0 - largest) }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }
}
