import StrataTensor
import TestSupport
import Testing

@Suite struct ReductionTests {
  let goldens: GoldenOperations
  init() throws { goldens = try GoldenOperations("reductions") }

  static let axes: [(String, [Int]?)] = [
    ("all", nil), ("last", [3]), ("first", [0]), ("middle", [1, 2]), ("apart", [0, 2]), ("ends", [-1, 0]),
  ]

  @Test(arguments: axes)
  func matchReferenceValues(name: String, axes: [Int]?) {
    goldens.expect("sum.\(name)", absolute: 4e-6, step: 5e-3) { $0["x"].sum(over: axes) }
    goldens.expect("mean.\(name)", step: 5e-3) { $0["x"].mean(over: axes) }
    goldens.expect("max.\(name)") { $0["x"].max(over: axes) }
    goldens.expect("variance.\(name)", step: 5e-3) { $0["x"].variance(over: axes) }
  }

  @Test(arguments: axes)
  func keptAxesHaveExtentOne(name: String, axes: [Int]?) {
    let x = NDArray([2, 3, 4, 5], repeating: 1)
    let kept = (axes ?? [0, 1, 2, 3]).map { $0 < 0 ? $0 + 4 : $0 }
    let expected = Shape(x.shape.dimensions.indices.map { kept.contains($0) ? 1 : x.shape[$0] })
    for result in [
      x.sum(over: axes, keepingAxes: true), x.mean(over: axes, keepingAxes: true),
      x.max(over: axes, keepingAxes: true), x.variance(over: axes, keepingAxes: true),
    ] {
      #expect(result.shape == expected)
    }
    let y = Tensor(x)
    for result in [y.sum, y.mean, y.max, y.variance] { #expect(result(axes, true).shape == expected) }
  }

  @Test(arguments: axes)
  func gradientsOfMaximaMatchFiniteDifferences(name: String, axes: [Int]?) {
    // No two elements are closer than the step.
    let x = Tensor(NDArray([2, 3, 4, 5], (0..<120).map { Float($0 * 77 % 120) / 10 }))
    expectGradient(of: { square($0.max(over: axes)).mean() }, at: x)
  }

  @Test func equalMaximaShareTheGradient() {
    goldens.expect("max.ties") { $0["x"].max(over: [1]) }
  }

  /// Every set of axes of every shape of up to four axes of extent one to three.
  @Test func everySetOfAxesFollowsTheDefinition() {
    for rank in 1...4 {
      for code in 0..<[1, 3, 9, 27, 81][rank] {
        let shape = Shape((0..<rank).map { code / [1, 3, 9, 27][$0] % 3 + 1 })
        let x = NDArray(shape, (0..<shape.elementCount).map { Float(($0 * 7) % 11) })
        for set in 0..<1 << rank {
          let axes = (0..<rank).filter { set >> $0 & 1 == 1 }
          var groups: [[Int]: [Float]] = [:]
          for flat in 0..<x.count {
            var (rest, place) = (flat, [Int](repeating: 0, count: rank))
            for axis in (0..<rank).reversed() {
              place[axis] = axes.contains(axis) ? 0 : rest % shape[axis]
              rest /= shape[axis]
            }
            groups[place, default: []].append(x.elements[flat])
          }
          let ordered = groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
          #expect(x.sum(over: axes).elements == ordered.map { $0.reduce(0, +) })
          #expect(x.max(over: axes).elements == ordered.map { $0.max()! })
          expectClose(
            x.mean(over: axes),
            NDArray([ordered.count], ordered.map { $0.reduce(0, +) / Float($0.count) })
              .reshaped(x.mean(over: axes).shape))
        }
      }
    }
  }

  @Test func sumsAreAccumulatedInDoublePrecision() {
    let x = NDArray([1_000_001], [1e8] + [Float](repeating: 0.1, count: 1_000_000))
    #expect((x.total - (1e8 + Double(Float(0.1)) * 1e6)).magnitude < 0.05)
    #expect(NDArray([3, 1], [1e8, 1, -1e8]).sum(over: [0]).elements == [1])
  }

  @Test func sumsOfNothing() {
    let x = NDArray([0, 3], [])
    #expect(x.sum(over: [0]).elements == [0, 0, 0])
    #expect(x.max(over: [0]).elements == [-.infinity, -.infinity, -.infinity])
    #expect(x.sum(over: [1]).shape == [0])
    #expect(x.total == 0)
  }

  @Test func notANumberShows() {
    let x = NDArray([2, 3], [1, .nan, 3, 4, 5, -.infinity])
    #expect(x.max(over: [1]).elements.map(\.isNaN) == [true, false])
    #expect(x.max(over: [0]).elements.map(\.isNaN) == [false, true, false])
    #expect(x.max(over: [0]).elements[2] == 3)
    #expect(softmax(x).elements.map(\.isNaN) == [true, true, true, false, false, false])
    #expect(x.sum(over: [1]).elements.map(\.isNaN) == [true, false] && x.total.isNaN)
  }

  @Test func softmaxFamily() {
    goldens.expect("softmax", step: 2e-3) { softmax($0["x"]) }
    goldens.expect("logSoftmax", relative: 3e-6) { logSoftmax($0["x"]) }
    goldens.expect("logSumExp") { logSumExp($0["x"]) }
    expectGradient(
      of: { (logSoftmax($0) * Tensor(NDArray([3], [1, -2, 3]))).sum() },
      at: Tensor(NDArray([2, 3], [1, 0, 2, -1, 0.5, 0])))
    expectGradient(
      of: { (logSumExp($0) * Tensor(NDArray([2], [1, -2]))).sum() },
      at: Tensor(NDArray([2, 3], [1, 0, 2, -1, 0.5, 0])))
  }

  @Test func softmaxSurvivesInfinities() {
    #expect(softmax(NDArray([2], [-.infinity, 0])).elements == [0, 1])
    #expect(softmax(NDArray([2], [1000, 1000])).elements == [0.5, 0.5])
    #expect(logSumExp(NDArray([2], [-.infinity, -.infinity])).elements == [-.infinity])
    #expect(logSumExp(NDArray([2, 1], [3, -4])).elements == [3, -4])
  }

  static let mistakes: [String: @Sendable () -> Void] = [
    "sum: axis 2 does not exist in [2, 3]": { _ = NDArray([2, 3], repeating: 0).sum(over: [2]) },
    "mean: axis -3 does not exist in [2, 3]": { _ = NDArray([2, 3], repeating: 0).mean(over: [-3]) },
  ]

  @Test(arguments: mistakes.keys) func mistakesStop(message: String) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [message] in
      Self.mistakes[message]!()
    }
    expectMessage(message, from: result)
  }
}
