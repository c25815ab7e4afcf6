package import StrataTensor

/// How long repairs take: a mixture of log-normal distributions.
public struct RepairTimes: Codable, Hashable, Sendable {
  /// One kind of repair.
  public struct Component: Codable, Hashable, Sendable {
    /// Its share of all repairs; only ratios count.
    public var weight: Double
    /// Its median, in seconds.
    public var median: Double
    /// The deviation of its logarithm.
    public var spread: Double

    /// A kind of repair.
    public init(weight: Double, median: Double, spread: Double) {
      (self.weight, self.median, self.spread) = (weight, median, spread)
    }
  }

  /// The kinds of repair.
  public var components: [Component]

  /// A mixture.
  ///
  /// - Precondition: It has a component, and weights, medians and spreads are not negative.
  public init(_ components: [Component]) {
    require(
      !components.isEmpty && components.allSatisfy { $0.weight > 0 && $0.median > 0 && $0.spread >= 0 },
      "RepairTimes: a mixture needs components of positive weight and median")
    self.components = components
  }

  /// Reboots of 13 minutes, checks of an hour or two, and repairs that take days: fitted by maximum likelihood to the
  /// 584 repairs of the InfiniteHBD trace, of which 0.2, 20 and 311 hours are the 5th, 50th and 90th percentile.
  public static let infiniteHBD = RepairTimes([
    Component(weight: 0.105, median: 0.209 * 3600, spread: 0.15),
    Component(weight: 0.219, median: 1.43 * 3600, spread: 1.57),
    Component(weight: 0.676, median: 53.7 * 3600, spread: 1.64),
  ])

  /// Draws one repair, in seconds.
  package func draw(_ generator: inout Generator) -> Double {
    let component = components[generator.choice(of: components.map(\.weight))]
    return generator.logNormal(median: component.median, spread: component.spread)
  }
}

extension Generator {
  /// An index, as often as its weight says.
  package mutating func choice(of weights: [Double]) -> Int {
    var remaining = uniformDouble() * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      remaining -= weight
      if remaining < 0 { return index }
    }
    // Rounding may leave a rest of the last weight.
    return weights.lastIndex { $0 > 0 } ?? weights.count - 1
  }
}
