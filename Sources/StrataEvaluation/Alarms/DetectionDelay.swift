/// How long events lasted before the first alarm, in samples.
///
/// Only found events have a delay: compare two detectors' delays only where they find about the same share.
public struct DetectionDelay: Sendable, Hashable {
  /// The median delay of the found events.
  public let median: Double
  /// The delay that nine in ten of the found events do not exceed.
  public let p90: Double
  /// The share of events that were found.
  public let foundShare: Double

  /// - Parameter delays: One per event; nil where it was missed, negative where the alarm came early.
  /// - Throws: `EvaluationError` when there is no event (`empty`) or none was found (`noPositives`).
  public init(_ delays: [Int?]) throws(EvaluationError) {
    if delays.isEmpty { throw .empty }
    let found = delays.compactMap { $0 }.map(Double.init)
    if found.isEmpty { throw .noPositives }
    median = quantile(0.5, of: found)
    p90 = quantile(0.9, of: found)
    foundShare = ratio(found.count, delays.count)
  }
}

extension EventDetection {
  /// The delays of the found events.
  /// - Throws: `EvaluationError` when there is no event or none was found.
  public func detectionDelay() throws(EvaluationError) -> DetectionDelay { try DetectionDelay(delays) }
}
