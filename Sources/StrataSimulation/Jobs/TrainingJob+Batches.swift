import StrataTensor

extension TrainingJob {
  /// Bad batches that follow each other, at most.
  private static let longestBadStretch = 5.0

  /// Takes the next batch: of a bad stretch that is under way, that begins with what makes batches bad, or that begins
  /// again at random.
  ///
  /// - Returns: The factor on the gradients of every replica.
  func takeBatch(_ state: inout State, _ own: JobConditions, _ streams: RandomStreams) -> Double {
    guard own[.badBatches] > 0 else {
      state.badBatches = nil
      return 1
    }
    var generator = streams.generator(for: .badBatch, index, state.step)
    let draws = (generator.uniformDouble(), generator.uniformDouble())
    let seconds = state.time - state.stepStart
    let begins = state.badBatches == nil || draws.0 < own[.badBatches] * seconds / 3600
    var left = state.badBatches ?? 0
    if begins && left == 0 { left = 1 + Int(Self.longestBadStretch * draws.1) }
    state.badBatches = max(0, left - 1)
    return left > 0 ? own[.batchScale] : 1
  }
}
