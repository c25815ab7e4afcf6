/// How busy the parts of one device are and what it moves, per second.
package struct Activity: Sendable, Hashable {
  /// The part of the time that a kernel is resident.
  package var resident = 0.0
  /// The part of the time that multiprocessors are active.
  package var multiprocessors = 0.0
  /// The part of the cycles that tensor pipes are active.
  package var tensor = 0.0
  /// The part of its bandwidth that device memory is active.
  package var memory = 0.0
  /// Bytes per second on the network port.
  package var transmitted = 0.0
  package var received = 0.0
  /// Bytes per second on NVLink.
  package var linkTransmitted = 0.0
  package var linkReceived = 0.0
  /// Bytes per second between device and host.
  package var hostTransmitted = 0.0
  package var hostReceived = 0.0
  /// The part of the time that the port has something to send and no credit.
  package var creditWait = 0.0
  /// The part of the time that the port pauses its peers because its host does not take what arrives.
  package var pausing = 0.0
  /// The part of the time that more arrives than the port takes, for which switches mark packets.
  package var incast = 0.0

  package init() {}

  package mutating func add(_ other: Activity, weight: Double) {
    resident += other.resident * weight
    multiprocessors += other.multiprocessors * weight
    tensor += other.tensor * weight
    memory += other.memory * weight
    transmitted += other.transmitted * weight
    received += other.received * weight
    linkTransmitted += other.linkTransmitted * weight
    linkReceived += other.linkReceived * weight
    hostTransmitted += other.hostTransmitted * weight
    hostReceived += other.hostReceived * weight
    creditWait += other.creditWait * weight
    pausing += other.pausing * weight
    incast += other.incast * weight
  }

  /// Sets the activity of the processor parts from the seconds of work, wait and transfer in a stretch of time.
  ///
  /// Tensor activity is a part of the cycles, so that a lower clock leaves it as it is; memory activity is a part of a
  /// fixed bandwidth, and falls. A waiting kernel spins: it is resident and keeps some multiprocessors busy, but moves no
  /// tensor data. That is why GPU utilisation stays near 100 % on the victims.
  ///
  /// - Parameters:
  ///   - work: Seconds of computing, of which `expert` in the experts, and which would take `nominal` at nominal speed.
  ///   - forward: The part of it in forward passes; a third when forward and backward take turns.
  ///   - duration: The length of the stretch.
  package mutating func setProcessor(
    work: Double, expert: Double, nominal: Double, forward: Double = 1.0 / 3, wait: Double, transfer: Double,
    duration: Double
  ) {
    let scale = 1 / max(duration, 1e-12)
    resident = min(1, (work + wait + transfer) * scale)
    multiprocessors = min(1, (0.88 * work + 0.35 * wait + 0.40 * transfer) * scale)
    // Grouped products of experts keep the tensor pipes busier than attention and the norms around it.
    // Forward passes alone keep them less busy: hosts draw less while they evaluate.
    tensor = (0.46 * (work - expert) + 0.64 * expert) * (1.125 - 0.375 * forward) * scale
    memory = min(1, (0.42 * nominal + 0.05 * wait + 0.15 * transfer) * scale)
  }

  /// A device whose kernel waits for others all the time.
  package static let spinning: Activity = {
    var activity = Activity()
    activity.setProcessor(work: 0, expert: 0, nominal: 0, wait: 1, transfer: 0, duration: 1)
    return activity
  }()
  /// A device without a kernel.
  package static let idle = Activity()
}
