/// A set of quantities that the simulator computes exactly, in the order in which a row holds them.
package protocol SignalSet: RawRepresentable<Int>, CaseIterable, Hashable, Sendable {}

/// What a device and its port do and suffer. Counts are increases since the last sample, amounts are per second.
package enum DeviceSignal: Int, SignalSet {
  // Physical
  case temperature, memoryTemperature, power, energy, clock, memoryClock, clockReasons
  case powerViolation, thermalViolation, correctedErrors, uncorrectedErrors, onChipErrors
  case correctedRemaps, uncorrectedRemaps, remapFailure, pcieReplays, pcieWidth, xid
  // Data
  case transmitted, received, transmitWait, symbolErrors, receiveErrors, linkRecoveries, linkDowned
  case portState, portRate, outOfSequence, acknowledgeTimeouts, retransmissions, marked, notifications, pauses
  case bufferDrops
  case linkTransmitted, linkReceived, linkReplays, linkFlitErrors, linkRecoveryErrors, fabricHealth
  case hostReceived, hostTransmitted
  // Compute
  case utilisation, memoryCopy, engineActive, multiprocessorActive, occupancy, tensorActive, memoryActive
  case memoryUsed, memoryReserved, work, expertWork, hostDelay, wait, transfer, pipelineWait, hang
  // Application
  case loadingTime, expertTokens, largestExpertTokens, localGradientNorm, sequenceLength
  // What is wrong with the telemetry itself; no sensor reports it.
  case telemetryLost, telemetryFrozen, profilingBlank, temperatureStuck
}

/// What a host does and suffers.
package enum HostSignal: Int, SignalSet {
  // Physical
  case inlet, fanSpeed, power, processorThrottles, correctedErrors, uncorrectedErrors
  // Data
  case diskBusy, frontReceived, frontTransmitted, storageReadTime, storageQueueTime, ioPressure, retransmissions
  // Compute
  case processorBusy, processorWaiting, load, processorPressure, memoryAvailable, kills, contextSwitches
  // What is wrong with the telemetry itself; no sensor reports it.
  case scrapeLoss, clockOffset, counterResets, duplicateScrapes
}

/// What a job logs; a training job leaves the signals of serving out, and the other way round.
package enum JobSignal: Int, SignalSet {
  case iteration, iterationTime, loss, gradientNorm, learningRate, throughput
  case balancingLoss, zLoss, largestLogit, skipped, notANumber, validationLoss, checkpointing, evaluating, restarts
  case divergence
  case firstTokenTime, outputTokenTime, running, waiting, cacheUsage, requests, generatedTokens
}

/// What the router of one layer logs.
package enum RouterSignal: Int, SignalSet {
  case balancingLoss, zLoss, entropy, maximalViolation, deadFraction, dropRate, largestBias
}

/// What is known of one expert.
package enum ExpertSignal: Int, SignalSet {
  case tokens, gradientNorm, weightNorm, bias
}

/// One value per signal of a set.
package struct SignalRow<Signal: SignalSet>: Sendable {
  package private(set) var values: [Double]

  /// - Parameter value: What every signal is at first; not a number for nothing.
  package init(repeating value: Double = .nan) { values = [Double](repeating: value, count: Signal.allCases.count) }

  package subscript(signal: Signal) -> Double {
    get { values[signal.rawValue] }
    set { values[signal.rawValue] = newValue }
  }
}

/// The kinds of entities that have signals.
package enum EntityKind: Int, CaseIterable, Sendable {
  case device, host, job, router, expert

  /// How many signals an entity of this kind has.
  package var signalCount: Int {
    switch self {
    case .device: DeviceSignal.allCases.count
    case .host: HostSignal.allCases.count
    case .job: JobSignal.allCases.count
    case .router: RouterSignal.allCases.count
    case .expert: ExpertSignal.allCases.count
    }
  }
}
