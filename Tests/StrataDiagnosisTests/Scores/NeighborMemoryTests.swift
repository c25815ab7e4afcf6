import StrataDiagnosis
import StrataTensor
import TestSupport
import Testing

@Suite struct NeighborMemoryTests {
  /// Sizes around the tiles, the groups and the vector width.
  @Test(arguments: [(1, 1, 1), (3, 2, 5), (40, 7, 64), (300, 3, 65), (257, 16, 1023), (10, 33, 1100), (5, 380, 2049)])
  func equalsBruteForce(queries: Int, width: Int, vectors: Int) {
    var generator = Generator(seed: UInt64(queries * 7 + width))
    let (rows, memory) = (generator.normalArray([queries, width]), generator.normalArray([vectors, width]))
    check(rows, memory)
  }

  /// Where the terms of the expanded distance are ten million times larger than the distance.
  @Test func longVectorsDoNotCancel() {
    var generator = Generator(seed: 8)
    let far = generator.normalArray([1, 12], deviation: 30_000)
    let memory = far + generator.normalArray([700, 12])
    check(far + generator.normalArray([50, 12]), memory)
    check(generator.normalArray([20, 12]), memory)
    check(generator.normalArray([20, 12], deviation: 1e6), generator.normalArray([700, 12]))
  }

  @Test func aVectorItselfIsAtDistanceZero() {
    var generator = Generator(seed: 9)
    let memory = generator.normalArray([1500, 20], mean: 3, deviation: 5)
    let (distances, indices) = NeighborMemory(memory).nearest(to: memory)
    #expect(distances.allSatisfy { $0 == 0 } && indices == Array(0..<1500))
  }

  @Test func theFirstOfEqualVectorsIsFound() {
    var generator = Generator(seed: 10)
    let one = generator.normalArray([1, 6])
    let memory = concatenate(
      [generator.normalArray([100, 6], mean: 9), one, generator.normalArray([1200, 6], mean: 9), one], axis: 0)
    let nearest = NeighborMemory(memory).nearest(to: concatenate([one, memory.rows(5..<6), one], axis: 0))
    #expect(nearest.indices == [100, 5, 100] && nearest.distances == [0, 0, 0])
  }

  @Test func keepsEvenlySpacedVectors() {
    let vectors = NDArray([10, 1], (0..<10).map(Float.init))
    #expect(evenlySpaced(vectors, atMost: 4).elements == [0, 2, 5, 7])
    #expect(evenlySpaced(vectors, atMost: 10).elements == vectors.elements)
    #expect(evenlySpaced(vectors, atMost: 11).elements == vectors.elements)
  }

  @Test func otherWidthsStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = NeighborMemory(NDArray([2, 3], repeating: 0)).nearest(to: NDArray([2, 4], repeating: 0))
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("NeighborMemory: rows of shape [2, 4], vectors of shape [2, 3]"))
  }

  /// Compares with the definition, in double precision: the distance to the last bit but rounding, the index exactly.
  private func check(_ rows: NDArray, _ vectors: NDArray, sourceLocation: SourceLocation = #_sourceLocation) {
    let found = NeighborMemory(vectors).nearest(to: rows)
    let (x, v, width) = (rows.elements, vectors.elements, rows.shape[1])
    for row in 0..<rows.shape[0] {
      var (best, index) = (Double.infinity, 0)
      for candidate in 0..<vectors.shape[0] {
        var sum = 0.0
        for i in 0..<width {
          let difference = Double(x[row * width + i]) - Double(v[candidate * width + i])
          sum += difference * difference
        }
        if sum < best { (best, index) = (sum, candidate) }
      }
      #expect(found.indices[row] == index, "row \(row)", sourceLocation: sourceLocation)
      expectClose(
        Double(found.distances[row]), best.squareRoot(), relative: 1e-6, "row \(row)", sourceLocation: sourceLocation)
    }
  }
}
