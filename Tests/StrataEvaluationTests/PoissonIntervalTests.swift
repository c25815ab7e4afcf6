import StrataEvaluation
import Testing

/// Bounds as `scipy.stats.chi2.ppf` gives them.
@Test(arguments: [(0, 0.0, 3.688879), (1, 0.025318, 5.571643), (9, 4.115373, 17.084803), (90, 72.371, 110.6253)])
func poissonIntervalsAreExact(count: Int, lower: Double, upper: Double) {
  let interval = poissonInterval(count: count)
  #expect(abs(interval.lower - lower) < 1e-3 && abs(interval.upper - upper) < 1e-3, "\(interval)")
}
