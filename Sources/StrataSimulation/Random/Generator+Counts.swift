package import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

// Distributions of amounts and counts. They use `log` and `exp` of the system's maths library: equal on any number of
// threads, but the last bit may differ between libraries. None uses a fixed number of draws, so each call site that
// must stay aligned between replays takes a generator of its own from `RandomStreams`.

extension Generator {
  /// A log-normal number with the given median; `spread` is the deviation of its logarithm.
  package mutating func logNormal(median: Double, spread: Double) -> Double {
    median * exp(spread * normalDouble())
  }

  /// A log-normal number with mean one and the given coefficient of variation.
  package mutating func unitMeanLogNormal(variation: Double) -> Double {
    let variance = log(1 + variation * variation)
    return exp(variance.squareRoot() * normalDouble() - variance / 2)
  }

  /// A number from the gamma distribution with scale one.
  ///
  /// - Precondition: `shape` is positive.
  ///
  /// Reference: Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables", ACM TOMS 26, 2000.
  package mutating func gamma(shape: Double) -> Double {
    require(shape > 0, "gamma: shape \(shape) is not positive")
    if shape < 1 {
      let boost = exp(log(1 - uniformDouble()) / shape)
      return gamma(shape: shape + 1) * boost
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normalDouble()
      let root = 1 + c * x
      if root <= 0 { continue }
      let v = root * root * root
      let u = 1 - uniformDouble()
      if u < 1 - 0.0331 * x * x * x * x || log(u) < 0.5 * x * x + d * (1 - v + log(v)) { return d * v }
    }
  }

  /// Shares that sum to one, from the Dirichlet distribution with these concentrations.
  ///
  /// - Precondition: All concentrations are positive.
  package mutating func dirichlet(_ concentrations: [Double]) -> [Double] {
    var shares = concentrations.map { gamma(shape: $0) }
    let total = shares.reduce(0, +)
    for i in shares.indices { shares[i] /= total }
    return shares
  }

  /// How many events happen when `mean` are expected: exact below a mean of 30, a rounded normal above.
  ///
  /// - Precondition: `mean` is not negative.
  package mutating func poisson(mean: Double) -> Double {
    require(mean >= 0, "poisson: mean \(mean) is negative")
    if mean > 30 { return max(0, (mean + mean.squareRoot() * normalDouble()).rounded()) }
    if mean == 0 { return 0 }
    return Self.inverted(uniformDouble(), start: exp(-mean)) { mean / $0 }
  }

  /// How many of `count` trials succeed: exact when few are expected to, a rounded normal otherwise.
  ///
  /// - Precondition: `count` is whole and not negative; `probability` lies between zero and one.
  package mutating func binomial(count: Double, probability: Double) -> Double {
    require(count >= 0 && (0...1).contains(probability), "binomial: \(count) trials of \(probability)")
    if probability > 0.5 { return count - binomial(count: count, probability: 1 - probability) }
    let mean = count * probability
    if mean == 0 { return 0 }
    if mean > 30 {
      let deviation = (mean * (1 - probability)).squareRoot()
      return min(count, max(0, (mean + deviation * normalDouble()).rounded()))
    }
    let odds = probability / (1 - probability)
    let start = exp(count * log(1 - probability))
    return min(count, Self.inverted(uniformDouble(), start: start) { (count - $0 + 1) / $0 * odds })
  }

  /// Distributes `count` over shares that sum to one; the counts sum to `count` exactly.
  package mutating func multinomial(count: Double, shares: [Double]) -> [Double] {
    var (remaining, mass) = (count, 1.0)
    var counts = [Double](repeating: 0, count: shares.count)
    for i in shares.indices.dropLast() where remaining > 0 && mass > 0 {
      counts[i] = binomial(count: remaining, probability: min(1, max(0, shares[i] / mass)))
      remaining -= counts[i]
      mass -= shares[i]
    }
    if let last = shares.indices.last { counts[last] = remaining }
    return counts
  }

  /// The quantile of a distribution on 0, 1, 2 … whose probabilities start at `start` and have the given ratios.
  private static func inverted(_ u: Double, start: Double, ratio: (Double) -> Double) -> Double {
    var (k, probability, cumulative) = (0.0, start, start)
    while u > cumulative && k < 1000 {
      k += 1
      probability *= ratio(k)
      cumulative += probability
    }
    return k
  }
}
