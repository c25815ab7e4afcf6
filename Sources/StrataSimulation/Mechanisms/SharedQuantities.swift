/// A property of one host that faults change. The case names are the words that fault cards use after `host.`.
package enum HostQuantity: Int, CaseIterable, Sendable {
  /// Fan speed, relative to normal: as much less air passes the heat sinks of all devices.
  case fanSpeed
  /// Warmer air at the inlet, in degrees.
  case inletRise
  /// The part of the processor time that something else takes: it delays launches and the proxies of collectives.
  case processorLoad
  /// The processor's clock, relative to nominal; below 0.9 it reports throttling.
  case processorClock
  /// The time of network transfers, relative to normal, by slow proxies of the collective library.
  case proxyDelay
  /// The part of the memory that is available after a start which a leak has taken since.
  case memoryLost
  /// Corrected errors of the host's memory per hour.
  case correctedErrors
  /// The time to load a batch, relative to normal.
  case loadingTime
  /// Speed of the local disk, relative to normal.
  case diskSpeed
  /// From 0.5 on the host is off or unreachable.
  case down
  /// The part of the scrapes that fail.
  case scrapeLoss
  /// How far the clock is ahead, in seconds.
  case clockOffset
  /// Counter resets per hour.
  case counterResets
  /// The part of the scrapes that is delivered twice.
  case duplicateScrapes

  /// The value of a healthy host.
  package var neutral: Double {
    switch self {
    case .fanSpeed, .processorClock, .proxyDelay, .loadingTime, .diskSpeed: 1
    default: 0
    }
  }
}

/// A property of one leaf switch. The case names are the words that fault cards use after `leaf.`.
package enum LeafQuantity: Int, CaseIterable, Sendable {
  /// Bandwidth left to each port for all traffic, relative to nominal.
  case bandwidth
  /// Bandwidth left to each port for exchanges between experts, relative to nominal.
  case expertBandwidth
  /// How much the bandwidth for all traffic fluctuates: the deviation of its logarithm.
  case fluctuation
  /// How much more that for exchanges between experts does, likewise.
  case expertFluctuation
  /// From 0.5 on every port of the switch is down.
  case down

  /// The value of a healthy switch.
  package var neutral: Double {
    switch self {
    case .bandwidth, .expertBandwidth: 1
    case .fluctuation, .expertFluctuation, .down: 0
    }
  }
}

/// A property of the shared storage. The case names are the words that fault cards use after `storage.`.
package enum StorageQuantity: Int, CaseIterable, Sendable {
  /// Bandwidth for checkpoints, relative to nominal.
  case writeBandwidth
  /// The time to read a batch, relative to normal, on every host.
  case readLatency

  /// The value of healthy storage.
  package var neutral: Double { 1 }
}

/// A property of one job. The case names are the words that fault cards use after `job.`.
package enum JobQuantity: Int, CaseIterable, Sendable {
  /// Work of every step, relative to normal.
  case work
  /// Device memory in use, relative to normal.
  case memory
  /// Added to the loss.
  case lossOffset
  /// The factor on the gradients of every replica.
  case gradientScale
  /// Stretches of one to five bad batches per hour, of which the first comes at once.
  case badBatches
  /// The factor on the gradients of every replica by a bad batch.
  case batchScale
  /// Growth of the largest attention logit per step, relative.
  case logitGrowth
  /// The probability of a step that is not a number.
  case notANumber
  /// How far the mixture of data has moved, from 0 to 1.
  case mixtureShift
  /// Added to the coefficient of variation of sequence lengths.
  case sequenceVariation
  /// Added to the relative work of the last pipeline stage.
  case stageImbalance
  /// The part of the application's log lines that is lost.
  case logLoss
  /// How far a replica moves its biases before it counts their effect, in logits; above zero, replicas miss the reduction
  /// of their loads.
  case biasDesync
  /// The part of the experts that stand where the placement does not expect them.
  case expertShuffle
  /// Drift between the router in training and in generation, per step.
  case routingMismatch

  /// The value of a healthy job.
  package var neutral: Double {
    switch self {
    case .work, .memory, .gradientScale, .batchScale: 1
    default: 0
    }
  }
}

/// A property of the router in some layers of one job. The case names are the words that fault cards use after `router.`.
package enum RouterQuantity: Int, CaseIterable, Sendable {
  /// Added to the logit of one expert.
  case preference
  /// How strongly load reinforces preference, per step.
  case reinforcement
  /// Growth of the level of the logits per step, relative.
  case logitGrowth
  /// The part of the capacity that is left.
  case capacity
  /// Decay of one expert's output norm per step, relative.
  case normDecay
  /// The factor on one expert's gradient norm in a corrupted step.
  case expertCorruption

  /// The value of a healthy router.
  package var neutral: Double {
    switch self {
    case .capacity, .expertCorruption: 1
    default: 0
    }
  }
}
