import StrataTensor

/// The errors of one device and its links in one sample: independent counts, but for corrected memory errors, which come
/// in bursts and more on some specimens than on others.
///
/// The article on constants says which of the expected values are published.
package struct ErrorCounts: Sendable {
  package var symbol = 0.0
  package var receive = 0.0
  package var recoveries = 0.0
  package var flaps = 0.0
  package var outOfSequence = 0.0
  package var retransmissions = 0.0
  package var marked = 0.0
  package var pauses = 0.0
  package var bufferDrops = 0.0
  package var linkReplays = 0.0
  package var linkFlits = 0.0
  package var linkRecoveries = 0.0
  package var pcieReplays = 0.0
  package var corrected = 0.0
  package var remaps = 0.0
  package var uncorrected = 0.0
  package var onChip = 0.0

  /// Bursts of corrected errors per day of a device of mean frailty, and the mean size of one.
  private static let burstsPerDay = 0.12
  private static let burstSize = 8.0
  /// Bytes of one packet.
  private static let packet = 4096.0

  /// - Parameters:
  ///   - activity: What the device did, per second.
  ///   - seconds: For how long.
  package init(
    device: Int, sample: Int, activity: Activity, seconds: Double, frailty: Double, conditions: Conditions,
    leaf: Int, _ specification: DeviceSpecification, streams: RandomStreams
  ) {
    var generator = streams.generator(for: .errors, device, sample)
    func perHour(_ rate: Double) -> Double { rate > 0 ? generator.poisson(mean: rate * seconds / 3600) : 0 }
    let received = activity.received * seconds
    let packets = received / Self.packet
    let gigabytes = (activity.transmitted + activity.received) * seconds / 1e9
    symbol = generator.poisson(mean: gigabytes * (specification.symbolErrors + conditions[.symbolErrors][device]))
    // About one symbol error in three makes a received packet unusable.
    receive = (symbol / 3).rounded()
    recoveries = perHour(conditions[.linkRecoveries][device])
    let start = Double(sample) * seconds
    flaps = Double(LinkFlaps(device, conditions, streams).count(from: start, to: start + seconds))
    let resent = conditions[.retransmission][device]
    if resent > 0 {
      retransmissions = generator.poisson(mean: packets * resent)
      outOfSequence = (retransmissions / 2).rounded()
    }
    let congestion = 2 - conditions[.bandwidth][leaf] - conditions[.expertBandwidth][leaf]
    marked = generator.poisson(mean: packets * (2e-6 + 0.02 * activity.incast + 0.01 * congestion))
    pauses = generator.poisson(mean: seconds * (2 + 4000 * activity.pausing + 400 * congestion))
    if activity.pausing > 0 { bufferDrops = generator.poisson(mean: packets * 1e-5 * activity.pausing) }
    linkReplays = perHour(0.02 + conditions[.nvlinkErrors][device])
    linkFlits = (linkReplays / 2).rounded()
    linkRecoveries = (linkReplays / 20).rounded(.down)
    pcieReplays = perHour(0.05 + conditions[.pcieReplays][device])
    let bursts = perHour(frailty * Self.burstsPerDay / 24 + conditions[.correctedErrorBursts][device])
    if bursts > 0 { corrected = bursts + generator.poisson(mean: bursts * (Self.burstSize - 1)) }
    remaps = perHour(conditions[.rowRemaps][device])
    uncorrected = perHour(conditions[.uncorrectedErrors][device])
    onChip = perHour(conditions[.onChipErrors][device])
  }
}
