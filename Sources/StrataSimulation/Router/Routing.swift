/// How one step's tokens were distributed over the experts of one job.
package struct Routing: Sendable {
  /// Processed token-expert pairs per `[layer, group, expert]`, row-major; whole numbers.
  package var tokens: [Double]
  /// What each layer's router looked like.
  package var layers: [RouterStatistics]
  package let experts: Int
  package let groups: Int

  package func tokens(layer: Int, group: Int, expert: Int) -> Double {
    tokens[(layer * groups + group) * experts + expert]
  }
}

/// What a router logs about one layer, averaged over groups.
package struct RouterStatistics: Sendable, Hashable {
  /// `experts · Σ share · probability`; one when balanced.
  package var balancingLoss = 0.0
  /// The mean square of the logarithm of the summed exponentials of the logits.
  package var zLoss = 0.0
  /// The entropy of a token's probabilities, divided by that of a uniform router.
  package var entropy = 0.0
  /// The largest load relative to the mean, minus one.
  package var maximalViolation = 0.0
  /// The part of the experts with less than a tenth of the mean load.
  package var deadFraction = 0.0
  /// The part of the pairs beyond the capacity.
  package var dropRate = 0.0
  /// The largest absolute bias.
  package var largestBias = 0.0

  package init() {}
}
