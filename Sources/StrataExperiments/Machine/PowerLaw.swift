#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How a cost grows: `factor · x^exponent`.
public struct PowerLaw: Hashable, Codable, Sendable {
  public let exponent: Double
  public let factor: Double
  /// The greatest ratio between a point and the law, or the law and a point.
  public let worstRatio: Double

  /// Fits by least squares of the logarithms, the line of a figure with two logarithmic axes.
  ///
  /// - Parameter points: Sizes and costs.
  /// - Precondition: All numbers are positive, and there are two different sizes.
  public init(fitting points: [LinePanel.Point]) {
    let (x, y) = (points.map { log($0.x) }, points.map { log($0.y) })
    let count = Double(points.count)
    let (meanX, meanY) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
    let spread = x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
    let slope = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) } / spread
    let intercept = meanY - slope * meanX
    (exponent, factor) = (slope, exp(intercept))
    worstRatio = exp(zip(x, y).map { abs($1 - intercept - slope * $0) }.max() ?? 0)
  }

  /// The cost of a size.
  public func callAsFunction(_ x: Double) -> Double { factor * pow(x, exponent) }
}
