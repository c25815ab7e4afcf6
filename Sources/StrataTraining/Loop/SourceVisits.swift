/// Follows which sources an epoch has visited as a whole, where samples lie in parts.
struct SourceVisits {
  private let order: SampleOrder
  private let parts: [SamplePart]
  private let partCounts: [String: Int]
  private var step: Int
  /// How many parts of each source are still to come in this epoch; without those that are done.
  private var remaining: [String: Int]

  /// - Parameter step: The updates that were made before.
  init(_ order: SampleOrder, parts: [SamplePart], after step: Int) {
    (self.order, self.parts) = (order, parts)
    partCounts = Dictionary(parts.map { ($0.source, 1) }, uniquingKeysWith: +)
    remaining = partCounts
    self.step = parts.isEmpty ? step : step - step % order.stepsPerEpoch
    while self.step < step { _ = advance() }
  }

  /// The sources that are done after one more update.
  mutating func advance() -> [SourceVisit] {
    guard !parts.isEmpty else { return [] }
    if step % order.stepsPerEpoch == 0 { remaining = partCounts }
    var done: [SourceVisit] = []
    for part in order.partsFinished(by: step) {
      let source = parts[part].source
      remaining[source]! -= 1
      guard remaining[source] == 0 else { continue }
      remaining[source] = nil
      done.append(
        SourceVisit(
          source: source, visited: partCounts.count - remaining.count, sourceCount: partCounts.count,
          epoch: step / order.stepsPerEpoch + 1))
    }
    step += 1
    return done
  }
}
