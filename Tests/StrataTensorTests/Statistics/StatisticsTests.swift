import StrataTensor
import TestSupport
import Testing

@Suite struct StatisticsTests {
  @Test func momentsFollowTheirDefinitions() {
    let moments = Moments([2, 4, 4, 4, 5, 5, 7, 9])
    #expect(moments.count == 8 && moments.mean == 5 && moments.deviation == 2)
    expectClose(moments.sampleDeviation, (32.0 / 7).squareRoot())
    #expect(Moments([3]).deviation == 0 && Moments([3]).sampleDeviation == 0)
  }

  @Test func momentsOfSinglePrecisionAreThoseOfTheSameNumbers() {
    var generator = Generator(seed: 3)
    let values = (0..<1000).map { _ in Float(1e4 + generator.normalDouble()) }
    let (single, double) = (values.withUnsafeBufferPointer { Moments($0) }, Moments(values.map(Double.init)))
    #expect(single.count == 1000 && single.mean == double.mean && single.squares == double.squares)
  }

  @Test(arguments: [1, 2, 3, 10, 101, 1000]) func quantilesAreThoseOfSortedValues(count: Int) {
    var generator = Generator(seed: UInt64(count))
    let values = (0..<count).map { _ in (generator.normalDouble() * 4).rounded() / 4 }
    let sorted = values.sorted()
    for probability in [0, 0.05, 0.25, 0.5, 0.9, 1] {
      let place = probability * Double(count - 1)
      let (low, high) = (sorted[Int(place)], sorted[min(Int(place) + 1, count - 1)])
      var copy = values
      let found = copy.withUnsafeMutableBufferPointer { OrderStatistics.quantile(probability, of: $0) }
      expectClose(found, low + (high - low) * (place - place.rounded(.down)))
      #expect(copy.sorted() == sorted, "the same values in another order")
    }
  }

  @Test func quantilesBetweenInfinitiesAreInfinite() {
    var values = [Float](repeating: -.infinity, count: 4)
    #expect(values.withUnsafeMutableBufferPointer { OrderStatistics.median($0) } == -.infinity)
  }

  @Test func theMedianDeviationIsThatOfTheDistances() {
    var values: [Float] = [1, 1, 2, 2, 4, 6, 9]
    #expect(values.withUnsafeMutableBufferPointer { OrderStatistics.medianDeviation($0, around: 2) } == 1)
  }
}
