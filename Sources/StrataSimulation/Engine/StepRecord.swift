/// What one device did during one phase of a step.
///
/// Work, wait, transfer and idle time are disjoint and sum to the duration of the phase.
package struct Occupancy: Sendable, Equatable {
  /// Seconds of computation.
  package var work = 0.0
  /// Seconds that the same computation takes at nominal speed: a measure of how much was computed.
  package var nominalWork = 0.0
  /// The part of ``work`` that is done by experts, in seconds.
  package var expertWork = 0.0
  /// Seconds inside a collective while no bytes of this device move: peers have not arrived, or are still sending.
  package var wait = 0.0
  /// Seconds during which this device's own bytes move and no computation hides it.
  package var transfer = 0.0
  /// Seconds without a kernel: data loading, or a pause of the job.
  package var idle = 0.0
  /// Bytes sent and received on the network link.
  package var sent = 0.0
  package var received = 0.0
  /// Bytes sent and received on NVLink.
  package var linkSent = 0.0
  package var linkReceived = 0.0
  /// Seconds during which the network port had data to send but no credit.
  package var creditWait = 0.0

  package init() {}

  package static func += (a: inout Occupancy, b: Occupancy) {
    a.work += b.work
    a.nominalWork += b.nominalWork
    a.expertWork += b.expertWork
    a.wait += b.wait
    a.transfer += b.transfer
    a.idle += b.idle
    a.sent += b.sent
    a.received += b.received
    a.linkSent += b.linkSent
    a.linkReceived += b.linkReceived
    a.creditWait += b.creditWait
  }
}

/// A stretch of time over which every device is taken to do an even mixture of its activities.
package struct Phase: Sendable {
  /// In seconds.
  package var duration: Double
  package var devices: [Occupancy]
}

/// One step of the job.
package struct StepRecord: Sendable {
  /// The phases in order: the layers, then the exchange of gradients.
  package var phases: [Phase]
  /// Seconds of data loading per device.
  package var loading: [Double]
  /// The mean sequence length per device, in tokens.
  package var sequenceLength: [Double]

  package var duration: Double { phases.reduce(0) { $0 + $1.duration } }

  /// What each device did over the whole step.
  package var devices: [Occupancy] {
    phases.dropFirst().reduce(into: phases[0].devices) { totals, phase in
      for i in totals.indices { totals[i] += phase.devices[i] }
    }
  }
}
