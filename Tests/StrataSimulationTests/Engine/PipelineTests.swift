import StrataSimulation
import Testing

@Suite struct PipelineTests {
  /// Two stages, three micro-batches, forward 1 s and backward 2 s, nothing in between: worked out by hand.
  @Test func takesTurnsForwardAndBackward() {
    let pipeline = Pipeline(
      forward: [[1, 1, 1], [1, 1, 1]], backward: [[2, 2, 2], [2, 2, 2]], transfer: [0, 0], start: [0, 0])
    #expect(pipeline.forwardStart == [[0, 1, 6], [1, 4, 7]])
    #expect(pipeline.backwardStart == [[4, 7, 10], [2, 5, 8]])
    #expect(pipeline.last == [12, 10])
  }

  /// In equal stages a step takes micro-batches and stages, less one, times both passes.
  @Test(arguments: [(1, 4), (2, 4), (4, 4), (4, 8), (8, 3)]) func bubbleIsThatOfTheTheory(stages: Int, count: Int) {
    let forward = [[Double]](repeating: [Double](repeating: 1, count: count), count: stages)
    let backward = forward.map { $0.map { 2 * $0 } }
    let pipeline = Pipeline(
      forward: forward, backward: backward, transfer: [Double](repeating: 0, count: stages),
      start: [Double](repeating: 0, count: stages))
    #expect((pipeline.last[0] - Double(3 * (count + stages - 1))).magnitude < 1e-9)
  }

  @Test func transfersDelayWhatDependsOnThem() {
    let pipeline = Pipeline(forward: [[1], [1]], backward: [[1], [1]], transfer: [0.5, 0], start: [2, 0])
    #expect(pipeline.forwardStart == [[2], [3.5]])
    #expect(pipeline.backwardStart == [[6], [4.5]])
  }

  @Test func evaluationGoesForwardOnly() {
    let pipeline = Pipeline(forward: [[1, 1], [2, 2]], backward: [], transfer: [0, 0], start: [0, 0])
    #expect(pipeline.forwardStart == [[0, 1], [1, 3]])
    #expect(pipeline.last == [2, 5])
  }
}
