import Benchmark

/// What one iteration of a benchmark computes or moves.
enum Work {
  /// Floating-point operations of matrix products and convolutions, two per multiplication with addition.
  case operations(Int)
  /// Bytes read and written, each array counted once.
  case bytes(Int)
  /// Seconds of a simulated run.
  case simulated(seconds: Int)

  /// The size, as it stands in the name of a benchmark.
  var description: String {
    switch self {
    case .operations(let count): "\(rounded(count)) MFLOP"
    case .bytes(let count): "\(rounded(count)) MB"
    case .simulated(let seconds): "\(seconds) s"
    }
  }

  /// The metric that says how fast the work is done.
  var rate: BenchmarkMetric {
    switch self {
    case .operations: .custom("MFLOP/s", polarity: .prefersLarger, useScalingFactor: false)
    case .bytes: .custom("MB/s", polarity: .prefersLarger, useScalingFactor: false)
    case .simulated: .custom("times real time", polarity: .prefersLarger, useScalingFactor: false)
    }
  }

  /// The value of the metric for an iteration of this duration.
  func rate(over duration: Duration) -> Int {
    let amount: Double =
      switch self {
      case .operations(let count), .bytes(let count): Double(count) / 1e6
      case .simulated(let seconds): Double(seconds)
      }
    return Int((amount / (duration / .seconds(1))).rounded())
  }

  /// Millions, with one decimal below a hundred.
  private func rounded(_ count: Int) -> String {
    let millions = Double(count) / 1e6
    return millions < 100 ? "\((millions * 10).rounded() / 10)" : "\(Int(millions.rounded()))"
  }
}
