import StrataExperiments
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct MarginalDistributionTests {
  @Test func quantilesAndSharesAreThoseOfTheSamples() {
    let distribution = MarginalDistribution([3, .nan, 1, 2, 5, 4])
    #expect(distribution.values == [1, 2, 3, 4, 5])
    #expect([0, 0.25, 0.5, 0.625, 1].map(distribution.quantile) == [1, 2, 3, 3.5, 5])
    #expect([1, 3, 3.5, 9].map(distribution.share(below:)) == [0, 0.4, 0.6, 1])
  }

  @Test func theDistanceIsTheLargestDifferenceOfTheDistributions() {
    let a = MarginalDistribution([1, 2, 3, 4])
    #expect(a.distance(to: a) == 0)
    #expect(a.distance(to: MarginalDistribution([5, 6])) == 1)
    #expect(a.distance(to: MarginalDistribution([1, 2, 2, 2])) == 0.5)
    #expect(MarginalDistribution([1, 2, 2, 2]).distance(to: a) == 0.5)
    // Repeating every sample changes nothing.
    #expect(MarginalDistribution([1, 1, 2, 2, 3, 3, 4, 4]).distance(to: a) == 0)
  }

  @Test func aShiftedUniformDistributionIsFartherByTheShift() {
    var generator = Generator(seed: 1)
    let a = (0..<20_000).map { _ in generator.uniformDouble() }
    let b = (0..<20_000).map { _ in generator.uniformDouble() + 0.2 }
    let distance = MarginalDistribution(a).distance(to: MarginalDistribution(b))
    #expect((distance - 0.2).magnitude < 0.02)
  }

  @Test func readsSeriesByName() throws {
    let folder = TemporaryFolder()
    try folder.write("series,x,cdf_pct\na.w,2,100\nb.w,7,0\na.w,1,0\n", to: "cdfs.csv")
    let read = try MarginalDistribution.all(contentsOf: folder("cdfs.csv"))
    #expect(read == ["a.w": MarginalDistribution([1, 2]), "b.w": MarginalDistribution([7])])
    try folder.write("series,x,cdf_pct\n", to: "empty.csv")
    #expect(throws: TelemetryFileError("has no rows", source: folder("empty.csv"))) {
      try MarginalDistribution.all(contentsOf: folder("empty.csv"))
    }
  }

  @Test func noSampleIsAMistake() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = MarginalDistribution([Double.nan])
    }
    expectMessage("MarginalDistribution: there is no sample", from: result)
  }
}
