import StrataDiagnosis
import StrataTensor
import TestSupport
import Testing

@Suite struct KMeansTests {
  @Test func seedsAreDifferentVectors() {
    var generator = Generator(seed: 2)
    let vectors = generator.normalArray([30, 3])
    for _ in 0..<20 {
      let seeds = KMeans.seeds(10, among: vectors, using: &generator)
      #expect(seeds.count == 10 && Set(seeds).count == 10 && seeds.allSatisfy { (0..<30).contains($0) })
    }
    #expect(Set(KMeans.seeds(50, among: vectors, using: &generator)).count == 30)
  }

  /// Of two vectors at distances 1 and 3 from the first, the second seed is the farther one nine times out of ten.
  @Test func seedsAreDrawnBySquaredDistance() {
    let vectors = NDArray([3, 1], [0, 1, -3])
    var generator = Generator(seed: 3)
    var (drawn, far) = (0, 0)
    for _ in 0..<6000 {
      let seeds = KMeans.seeds(2, among: vectors, using: &generator)
      guard seeds[0] == 0 else { continue }
      drawn += 1
      if seeds[1] == 2 { far += 1 }
    }
    #expect((1800...2200).contains(drawn))
    #expect(abs(Double(far) / Double(drawn) - 0.9) < 0.03)
  }

  @Test func equalVectorsNeedNoSecondSeed() {
    var generator = Generator(seed: 4)
    let seeds = KMeans.seeds(3, among: NDArray([5, 2], repeating: 1), using: &generator)
    #expect(seeds.count == 3)
  }

  @Test func aCentreWithoutVectorsStays() {
    let centres = KMeans.refine(NDArray([3, 1], [0, 10, 100]), for: NDArray([4, 1], [-1, 1, 9, 12]), limit: 10)
    expectClose(centres, NDArray([3, 1], [0, 10.5, 100]))
  }

  @Test func noVectorIsNearerToAnotherCentreAfterwards() {
    var generator = Generator(seed: 5)
    let vectors = generator.normalArray([200, 4])
    let first = gather(vectors, rows: KMeans.seeds(6, among: vectors, using: &generator))
    let centres = KMeans.refine(first, for: vectors, limit: 200)
    let assignment = NeighborMemory(centres).nearest(to: vectors).indices
    for cluster in 0..<6 {
      let members = gather(vectors, rows: assignment.indices.filter { assignment[$0] == cluster })
      expectClose(members.mean(over: [0]), centres.rows(cluster..<cluster + 1).reshaped([4]), absolute: 1e-5)
    }
  }
}
