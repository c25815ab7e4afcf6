import StrataTensor

/// The exact signals of every device at every sample, before any sensor has seen them.
///
/// Counters are stored as their increase since the previous sample.
package struct SignalTable: Sendable {
  package let devices: Int
  /// The sample of the first row.
  package let firstSample: Int
  /// Rows of `[device, signal]`.
  private var values: [Float] = []

  package init(devices: Int, firstSample: Int, reserving samples: Int) {
    (self.devices, self.firstSample) = (devices, firstSample)
    values.reserveCapacity(samples * devices * Signal.allCases.count)
  }

  package var sampleCount: Int { values.count / (devices * Signal.allCases.count) }
  package var samples: Range<Int> { firstSample..<firstSample + sampleCount }

  /// - Precondition: The sample and the device exist.
  package subscript(sample: Int, device: Int, signal: Signal) -> Float {
    values[((sample - firstSample) * devices + device) * Signal.allCases.count + signal.rawValue]
  }

  /// Forgets what lies at and after a sample.
  mutating func drop(from sample: Int) {
    values.removeLast(max(0, sampleCount - (sample - firstSample)) * devices * Signal.allCases.count)
  }

  /// Appends the signals of the next device in the order of ranks.
  mutating func append(
    _ sums: SampleAccumulator, state: DevicePhysics.State, log: StepLog, errors: (symbol: Double, receive: Double),
    device: DeviceSpecification
  ) {
    let t = sums.seconds
    let done = sums.occupancy
    let first = values.count
    func add(_ signal: Signal, _ value: Double) {
      require(values.count == first + signal.rawValue, "SignalTable: \(signal) is out of order")
      values.append(Float(value))
    }
    add(.temperature, state.temperature)
    add(.memoryTemperature, state.memoryTemperature)
    add(.power, state.reportedPower)
    add(.clock, state.clock)
    add(.thermalViolation, sums.throttled * 1000)

    add(.transmitted, done.sent / t)
    add(.received, done.received / t)
    add(.transmitWait, done.creditWait / t * device.transmitWaitTicks)
    add(.symbolErrors, errors.symbol)
    add(.receiveErrors, errors.receive)
    add(.linkTransmitted, done.linkSent / t)
    add(.linkReceived, done.linkReceived / t)
    // Batches go to the device while it works; a checkpoint leaves it while the job pauses.
    add(.hostReceived, 4e8 * done.nominalWork / t + 2e7)
    add(.hostTransmitted, 1.5e9 * sums.checkpointing / t + 1e7)

    add(.utilisation, 100 * min(1, sums.resident / t * 1.02))
    add(.multiprocessorActive, sums.multiprocessors / t)
    add(.tensorActive, sums.tensor / t)
    add(.memoryActive, sums.memory / t)
    add(.memoryUsed, log.memoryUsed)
    add(.work, log.occupancy.work)
    add(.wait, log.occupancy.wait)
    add(.transfer, log.occupancy.transfer)

    add(.iterationTime, log.iterationTime)
    add(.loadingTime, log.loading)
    add(.expertTokens, log.expertTokens)
    add(.largestExpertTokens, log.largestExpertTokens)
    add(.balancingLoss, log.balancingLoss)
    add(.routerEntropy, log.routerEntropy)
    add(.loss, log.loss)
    add(.gradientNorm, log.gradientNorm)
    add(.sequenceLength, log.sequenceLength)
    add(.checkpointing, sums.checkpointing / t)
    add(.evaluating, sums.evaluating / t)
  }
}
