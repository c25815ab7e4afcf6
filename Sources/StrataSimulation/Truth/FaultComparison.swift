/// Compares a run with its replay without one fault, block by block.
///
/// A series shows an effect when the difference, averaged over about a minute, exceeds five standard errors of the
/// fault-free series and the resolution of its sensor. What merely happens later, such as an iteration, is no effect.
struct FaultComparison: Sendable {
  /// Where a series first differed.
  struct Effect: Sendable, Hashable {
    let kind: EntityKind
    let entity: Int32
    let signal: Int32
    let sample: Int32
  }

  private(set) var effects: [Effect] = []
  /// Iterations, or answers, that were made with and without the fault, and sums of times per iteration.
  private(set) var progress = (actual: 0.0, healthy: 0.0)
  private(set) var stepSeconds = (actual: 0.0, healthy: 0.0, samples: 0.0)

  private let interval: Double
  private let jobs: Set<Int>
  private let lasting: Range<Int>
  /// Averages of differences, thresholds, and since when a difference has been large, per `[entity, signal]`.
  private var averages: [[Float]]
  private var thresholds: [[Float]]
  private var candidates: [[Int32]]

  /// Differences are averaged over so many seconds.
  private static let window = 60.0
  /// How many standard errors an averaged difference must reach.
  private static let significance = 5.0

  init(fault: FaultInjection, lasting: Range<Int>, baseline: SignalBaseline, interval: Double, stepSeconds: Double) {
    (self.interval, self.lasting, jobs) = (interval, lasting, Set(fault.targets.jobs))
    averages = baseline.means.map { [Float](repeating: 0, count: $0.count) }
    candidates = baseline.means.map { [Int32](repeating: -1, count: $0.count) }
    let independent = max(1, min(Self.window / interval, Self.window / max(stepSeconds, interval)))
    let error = Float(Self.significance * (1 / independent).squareRoot())
    let resolutions = Self.resolutions
    thresholds = EntityKind.allCases.map { kind in
      let (width, floors) = (kind.signalCount, resolutions[kind.rawValue])
      return baseline.variances[kind.rawValue].enumerated().map { i, variance in
        error * variance.squareRoot() + floors[i % width]
      }
    }
  }

  /// What each sensor resolves; infinite for what has none or is no effect.
  private static let resolutions: [[Float]] = {
    var resolutions = EntityKind.allCases.map { [Float](repeating: .infinity, count: $0.signalCount) }
    for instrument in Instrument.all where !isSchedule(instrument) {
      resolutions[instrument.kind.rawValue][instrument.signal] =
        Float(max(instrument.quantum, instrument.absoluteNoise, 1e-12))
    }
    for defect in TelemetryDefect.all { resolutions[defect.kind.rawValue][defect.signal] = 1e-12 }
    return resolutions
  }()

  /// Whether a signal depends on a fault only through the number of steps done so far.
  private static func isSchedule(_ instrument: Instrument) -> Bool {
    guard instrument.kind == .job, let signal = JobSignal(rawValue: instrument.signal) else { return false }
    switch signal {
    case .iteration, .learningRate, .checkpointing, .evaluating: return true
    default: return false
    }
  }

  mutating func compare(_ actual: SignalBlock, _ healthy: SignalBlock) {
    let weight = Float(min(1, interval / Self.window))
    for kind in EntityKind.allCases {
      let k = kind.rawValue
      let width = averages[k].count
      guard width > 0 else { continue }
      let (after, before) = (actual.rows(kind), healthy.rows(kind))
      for (row, sample) in actual.samples.enumerated() {
        for i in 0..<width where thresholds[k][i].isFinite {
          let place = row * width + i
          var difference = after[place] - before[place]
          if difference == 0 && averages[k][i] == 0 { continue }
          if after[place].isNaN != before[place].isNaN { difference = 2 * thresholds[k][i] / weight }
          if !difference.isFinite { continue }
          averages[k][i] += weight * (difference - averages[k][i])
          let threshold = thresholds[k][i]
          if difference.magnitude > threshold && candidates[k][i] < 0 { candidates[k][i] = Int32(sample) }
          if averages[k][i].magnitude > threshold {
            let first = candidates[k][i] < 0 ? Int32(sample) : candidates[k][i]
            effects.append(
              Effect(
                kind: kind, entity: Int32(i / kind.signalCount), signal: Int32(i % kind.signalCount), sample: first))
            thresholds[k][i] = .infinity
          } else if averages[k][i].magnitude < 0.02 * threshold {
            candidates[k][i] = -1
          }
        }
      }
    }
    measure(actual, healthy)
  }

  private mutating func measure(_ actual: SignalBlock, _ healthy: SignalBlock) {
    for sample in actual.samples where lasting.contains(sample) {
      for job in jobs {
        func value(_ block: SignalBlock, _ signal: JobSignal) -> Double {
          let value = Double(block[sample, .job, job, signal])
          return value.isFinite ? value : 0
        }
        progress.actual += value(actual, .iteration) + value(actual, .generatedTokens)
        progress.healthy += value(healthy, .iteration) + value(healthy, .generatedTokens)
        stepSeconds.actual += value(actual, .iterationTime)
        stepSeconds.healthy += value(healthy, .iterationTime)
        stepSeconds.samples += 1
      }
    }
  }
}
