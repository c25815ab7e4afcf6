import StrataEvaluation
import StrataTensor

/// What a classifier sees of a window of one series: its level, its spread and its memory.
public enum WindowFeatures {
  /// The lags, in samples, whose correlations are features.
  public static let lags = [1, 2, 3, 4, 5, 8]

  /// How many features there are, and which of them tell the order of samples and nothing of their level.
  public static var count: Int { memory.upperBound }
  public static let memory = 7..<8 + lags.count

  /// The mean, the deviation, five quantiles, the deviation of differences relative to that of values, and the
  /// autocorrelation at ``lags``.
  ///
  /// - Precondition: The window is longer than the largest lag and has no missing sample.
  public static func of(_ window: [Double]) -> [Double] {
    require(window.count > lags.last!, "WindowFeatures: a window of \(window.count) samples")
    let count = Double(window.count)
    let mean = window.reduce(0, +) / count
    let centred = window.map { $0 - mean }
    let variance = centred.reduce(0) { $0 + $1 * $1 } / count
    let scale = variance > 0 ? 1 / variance : 0
    func product(_ lag: Int) -> Double { zip(centred.dropFirst(lag), centred).reduce(0) { $0 + $1.0 * $1.1 } / count }
    let quantiles = [0.01, 0.1, 0.5, 0.9, 0.99].map { quantile($0, of: window) }
    let roughness = zip(window.dropFirst(), window).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / count * scale
    return [mean, variance.squareRoot()] + quantiles + [roughness] + lags.map { product($0) * scale }
  }

  /// The features of consecutive windows of a series; the rest at its end is left out.
  public static func all(_ series: [Double], length: Int) -> [[Double]] {
    stride(from: 0, through: series.count - length, by: length).map { of(Array(series[$0..<$0 + length])) }
  }
}
