/// What happened in one step of a job, to the ranks and between them. All times in seconds from the start of the step.
package struct Step: Sendable {
  package var ranks: [RankStep]
  /// When the ranks of each `[stage, block]` began and ended their micro-batches.
  package var blocks: [BlockTimes]
  /// When the gradients of each stage began and ended to be reduced.
  package var stages: [StageTimes]
  /// When the last parameters had been gathered.
  package var duration = 0.0

  package struct BlockTimes: Sendable {
    package var first = 0.0
    package var last = 0.0
    /// When the ranks were ready to reduce a shared embedding, and their other gradients.
    package var embeddingStart = 0.0
    package var ready = 0.0
    /// Durations of the forward and backward pass of each micro-batch, and when each began.
    package var forward: [Double] = []
    package var backward: [Double] = []
    package var forwardStart: [Double] = []
    package var backwardStart: [Double] = []
  }

  package struct StageTimes: Sendable {
    package var reduceStart = 0.0
    package var reduceEnd = 0.0
    package var gatherStart = 0.0
  }
}

/// What one rank did in one step, in seconds and bytes.
package struct RankStep: Sendable {
  /// Waiting for the batch.
  package var loading = 0.0
  /// Computing, of which in the experts and in forward passes, and what it would have taken at nominal speed.
  package var work = 0.0
  package var expertWork = 0.0
  package var forwardWork = 0.0
  package var nominalWork = 0.0
  /// Computing of the optimiser, at nominal speed.
  package var optimizerWork = 0.0
  /// Launching late or not at all, while the device idles.
  package var hostDelay = 0.0
  /// In collectives of a layer: waiting for others, and moving bytes that no work hides.
  package var wait = 0.0
  package var transfer = 0.0
  /// Waiting for the stage before or after.
  package var pipelineWait = 0.0
  /// At the gradients: waiting for others, and moving bytes.
  package var gradientWait = 0.0
  package var gradientTransfer = 0.0
  /// Bytes of the micro-batches on the port and on NVLink; as much goes as comes.
  package var portBytes = 0.0
  package var linkBytes = 0.0
  /// Bytes of gradients and parameters.
  package var gradientPortBytes = 0.0
  package var gradientLinkBytes = 0.0
  /// Seconds without credit, of more arriving than an even load brings, and of pausing the peers.
  package var creditWait = 0.0
  package var incast = 0.0
  package var pausing = 0.0
}
