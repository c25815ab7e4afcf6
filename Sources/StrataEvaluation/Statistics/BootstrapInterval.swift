public import StrataTensor

/// A statistic of the cases at hand, and the range in which it falls over resampled cases.
public struct BootstrapInterval: Sendable, Hashable, Codable {
  /// The statistic of the cases themselves.
  public let estimate: Double
  public let lower: Double
  public let upper: Double

  /// Whether `value` lies in the interval, the ends included.
  public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}

/// Returns a percentile interval of a statistic over cases drawn with replacement.
///
/// Draw what was sampled independently: events, incidents, entities or series; never the samples of one series. Both
/// ends are NaN when a resample has no statistic (NaN).
///
/// - Parameters:
///   - cases: The independent cases.
///   - confidence: The share of resamples inside the interval.
///   - resamples: How many times the cases are drawn.
///   - generator: Equal generators give equal intervals.
///   - statistic: Computed on the cases and on every resample of equal size.
/// - Precondition: There is a case, a resample, and `confidence` lies between 0 and 1.
///
/// Reference: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
public func bootstrapInterval<Case, Failure: Error>(
  over cases: [Case], confidence: Double = 0.95, resamples: Int = 10_000, using generator: inout Generator,
  of statistic: ([Case]) throws(Failure) -> Double
) throws(Failure) -> BootstrapInterval {
  require(!cases.isEmpty, "a bootstrap needs at least one case")
  require(resamples > 0, "a bootstrap needs at least one resample, found \(resamples)")
  require(confidence > 0 && confidence < 1, "a confidence lies between 0 and 1, found \(confidence)")
  let estimate = try statistic(cases)
  var resample = cases
  var statistics: [Double] = []
  for _ in 0..<resamples {
    for index in resample.indices { resample[index] = cases[generator.index(below: cases.count)] }
    statistics.append(try statistic(resample))
  }
  let tail = (1 - confidence) / 2
  return BootstrapInterval(
    estimate: estimate, lower: quantile(tail, of: statistics), upper: quantile(1 - tail, of: statistics))
}

/// Returns an interval of the mean of one value per case, as ``bootstrapInterval(over:confidence:resamples:using:of:)``.
public func bootstrapMean(
  _ values: [Double], confidence: Double = 0.95, resamples: Int = 10_000, using generator: inout Generator
) -> BootstrapInterval {
  bootstrapInterval(over: values, confidence: confidence, resamples: resamples, using: &generator) { values in
    values.reduce(0, +) / Double(values.count)
  }
}

/// Returns an interval of the mean difference of two methods on the same cases.
///
/// The cases are drawn in pairs, so what is hard for both methods cancels. An interval that excludes zero is the least
/// that a claim of "better" needs.
///
/// - Throws: `EvaluationError.lengthsDiffer` unless there is one value of each method per case.
public func bootstrapDifference(
  _ first: [Double], minus second: [Double], confidence: Double = 0.95, resamples: Int = 10_000,
  using generator: inout Generator
) throws(EvaluationError) -> BootstrapInterval {
  try EvaluationError.requireEqualCounts("values of the first", first.count, "values of the second", second.count)
  return bootstrapMean(
    zip(first, second).map { $0 - $1 }, confidence: confidence, resamples: resamples, using: &generator)
}
