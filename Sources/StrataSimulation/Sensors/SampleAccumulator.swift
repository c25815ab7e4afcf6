/// What one device did since the last sample.
package struct SampleAccumulator: Sendable {
  package var seconds = 0.0
  package var occupancy = Occupancy()
  package var resident = 0.0
  package var multiprocessors = 0.0
  package var tensor = 0.0
  package var memory = 0.0
  package var throttled = 0.0
  package var checkpointing = 0.0
  package var evaluating = 0.0
  /// Expected errors.
  package var symbolErrors = 0.0

  package init() {}
}

/// What the trainer and the collective library last logged about a device.
package struct StepLog: Sendable {
  package var occupancy = Occupancy()
  package var iterationTime = 0.0
  package var loading = 0.0
  package var expertTokens = 0.0
  package var largestExpertTokens = 0.0
  package var balancingLoss = 0.0
  package var routerEntropy = 0.0
  package var loss = 0.0
  package var gradientNorm = 0.0
  package var sequenceLength = 0.0
  /// In MiB.
  package var memoryUsed = 0.0

  package init() {}
}
