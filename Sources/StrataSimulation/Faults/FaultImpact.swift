public import StrataTelemetry
import StrataTensor

/// What a fault did, measured against the replay of the same run without it.
public struct FaultImpact: Codable, Hashable, Sendable {
  /// When a series first showed an effect.
  public struct Onset: Codable, Hashable, Sendable {
    /// The device.
    public let entity: EntityPath
    /// The layer of the channel.
    public let layer: TelemetryLayer
    /// The name of the channel.
    public let channel: String
    /// The first sample with an effect.
    public let sample: Int
  }

  /// The mean time per step while the fault lasted, relative to the replay without it.
  public let stepTimeRatio: Double
  /// Every series that showed an effect, in the order in which they did.
  public let onsets: [Onset]

  /// Whether any series showed an effect. Injections without impact should not count as missed.
  public var hasImpact: Bool { !onsets.isEmpty }

  /// A fault that came too late to do anything.
  package static let none = FaultImpact(stepTimeRatio: 1, onsets: [])
}

extension FaultImpact {
  /// Differences are averaged over so many seconds, about fifteen steps.
  private static let window = 60.0
  /// How many standard errors an averaged difference must reach.
  private static let significance = 5.0

  /// Compares a run with its replay without one fault.
  ///
  /// A series shows an effect when the difference, averaged over a minute, exceeds five standard errors of the fault-free
  /// series and the resolution of its sensor. What merely happens later, such as the loss of an iteration, is no effect.
  package init(actual: SignalTable, counterfactual: SignalTable, lasting samples: Range<Int>, world: World) {
    let compared = counterfactual.samples.clamped(to: actual.samples)
    let lasting = samples.clamped(to: compared)
    func meanStep(_ table: SignalTable) -> Double {
      lasting.reduce(0) { $0 + Double(table[$1, 0, .iterationTime]) } / Double(max(1, lasting.count))
    }
    let healthy = meanStep(counterfactual)
    stepTimeRatio = healthy > 0 ? meanStep(actual) / healthy : 1
    let interval = world.scenario.interval
    let width = max(1, Int(Self.window / interval))
    let steps = max(1, Double(width) * interval / max(healthy, interval))
    var onsets: [Onset] = []
    for device in world.cluster.devices.indices {
      for instrument in Instrument.all where !Self.isSchedule(instrument.signal) {
        let before = compared.map { Double(counterfactual[$0, device, instrument.signal]) }
        let after = compared.map { Double(actual[$0, device, instrument.signal]) }
        let threshold =
          Self.significance * Moments(before).deviation * (2 / steps).squareRoot()
          + max(instrument.quantum, instrument.absoluteNoise)
        guard let first = Self.firstEffect(before, after, width: width, threshold: threshold) else { continue }
        onsets.append(
          Onset(
            entity: world.cluster.devices[device], layer: instrument.layer, channel: instrument.channel.name,
            sample: compared.lowerBound + first))
      }
    }
    self.onsets = onsets.enumerated().sorted { ($0.element.sample, $0.offset) < ($1.element.sample, $1.offset) }
      .map(\.element)
  }

  /// Whether a signal depends on a fault only through the number of steps done so far.
  private static func isSchedule(_ signal: Signal) -> Bool {
    switch signal {
    case .loss, .gradientNorm, .sequenceLength, .loadingTime, .checkpointing, .evaluating: true
    default: false
    }
  }

  /// The first sample beyond the threshold within the first window whose mean difference is beyond it.
  private static func firstEffect(_ before: [Double], _ after: [Double], width: Int, threshold: Double) -> Int? {
    var sum = 0.0
    for i in before.indices {
      sum += after[i] - before[i]
      if i >= width { sum -= after[i - width] - before[i - width] }
      guard sum.magnitude / Double(width) > threshold else { continue }
      return (max(0, i - width + 1)...i).first { (after[$0] - before[$0]).magnitude > threshold } ?? i
    }
    return nil
  }
}
