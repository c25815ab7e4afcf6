/// What each signal of each entity is usually like: a mean and a deviation that forget over some minutes.
struct SignalBaseline: Sendable {
  /// Means and variances of `[entity, signal]` per kind.
  private(set) var means: [[Float]]
  private(set) var variances: [[Float]]
  private var samples = 0

  /// Seconds over which the past is forgotten.
  private static let memory = 300.0

  init(counts: [Int]) {
    means = EntityKind.allCases.map { [Float](repeating: 0, count: counts[$0.rawValue] * $0.signalCount) }
    variances = means
  }

  mutating func observe(_ block: SignalBlock, interval: Double) {
    for kind in EntityKind.allCases {
      let k = kind.rawValue
      let width = means[k].count
      guard width > 0 else { continue }
      let rows = block.rows(kind)
      var seen = samples
      for row in 0..<block.sampleCount {
        // At first all samples count alike, later the recent ones more.
        let weight = Float(max(1 / Double(seen + 1), interval / Self.memory))
        seen += 1
        means[k].withUnsafeMutableBufferPointer { means in
          variances[k].withUnsafeMutableBufferPointer { variances in
            rows.withUnsafeBufferPointer { rows in
              let first = row * width
              for i in 0..<width {
                let value = rows[first + i]
                guard value.isFinite else { continue }
                let difference = value - means[i]
                let step = difference * weight
                means[i] += step
                variances[i] = (1 - weight) * (variances[i] + difference * step)
              }
            }
          }
        }
      }
    }
    samples += block.sampleCount
  }
}
