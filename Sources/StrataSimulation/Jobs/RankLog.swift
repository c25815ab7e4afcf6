/// What the trainer and the collective library last logged about one rank.
package struct RankLog: Sendable {
  package var step = RankStep()
  package var expertTokens = 0.0
  package var largestExpertTokens = 0.0
  package var localGradientNorm = 0.0
  package var sequenceLength = 0.0
  /// In MiB.
  package var memoryUsed = 0.0
  package var memoryReserved = 0.0

  package init() {}
}
