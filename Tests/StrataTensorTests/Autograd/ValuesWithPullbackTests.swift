import StrataTensor
import TestSupport
import Testing

@Suite struct ValuesWithPullbackTests {
  private let inputs = GoldenInputs(tensors: [
    "a": Tensor(NDArray([2, 2], [1, -2, 3, 0.5])), "b": Tensor(NDArray([2, 2], [0.3, 2, -1, 4])),
    "unused": Tensor(NDArray([3], repeating: 1)),
  ])

  @Test func aLossHasTheGradientOfValueAndGradient() {
    func loss(_ inputs: GoldenInputs) -> Tensor { (exp(inputs["a"]) * matmul(inputs["a"], inputs["b"])).mean() }
    let (value, expected) = valueAndGradient(at: inputs, of: loss)
    let (values, pullback) = valuesWithPullback(at: inputs) { [loss($0)] }
    let gradient = pullback([NDArray(scalar: 1)])
    #expect(values[0].scalar == value)
    for (found, expected) in zip(parameters(of: gradient), parameters(of: expected)) {
      #expect(found.shape == expected.shape && found.elements == expected.elements)
    }
  }

  @Test func severalResultsAddTheirGradients() {
    let (values, pullback) = valuesWithPullback(at: Tensor(NDArray([2], [3, 4]))) { x in
      let y = x * x
      return [y, y + x, x, Tensor(NDArray([1], [7]))]
    }
    #expect(values.map(\.elements) == [[9, 16], [12, 20], [3, 4], [7]])
    let slopes = [NDArray([2], [1, 10]), NDArray([2], [100, 0]), NDArray([2], [0.5, 0]), NDArray([1], [5])]
    #expect(pullback(slopes).value.elements == [6 + 700 + 0.5, 80])
  }

  @Test func aResultWithoutGradientCountsAsZero() {
    func gradient(_ upstream: [NDArray?]) -> [Float] {
      valuesWithPullback(at: Tensor(NDArray([2], [3, 4]))) { [$0 * $0, $0 * 2] }.pullback(upstream).value.elements
    }
    #expect(gradient([nil, NDArray([2], [1, 1])]) == [2, 2])
    #expect(gradient([NDArray([2], [1, 1]), nil]) == [6, 8])
    #expect(gradient([nil, nil]) == [0, 0])
  }

  @Test func noResultsGiveZeros() {
    let (values, pullback) = valuesWithPullback(at: inputs) { _ in [] }
    #expect(values.isEmpty && pullback([])["unused"].value.elements == [0, 0, 0])
  }

  @Test func aCopyCanBeCalledAgain() {
    let pullback = valuesWithPullback(at: Tensor(NDArray([1], [3]))) { [$0 * $0] }.pullback
    let copy = pullback
    #expect(pullback([NDArray([1], [1])]).value.elements == [6])
    #expect(copy([NDArray([1], [2])]).value.elements == [12])
  }

  /// Notes when it is freed.
  final class Saved: Sendable {
    let freed: SavedCount
    init(_ freed: SavedCount) { self.freed = freed }
    deinit { freed.count.withLock { $0 += 1 } }
  }
  final class SavedCount: Sendable {
    let count = Guarded(0)
    /// How many were freed whenever somebody looked.
    let seen = Guarded([Int]())
    func look() { seen.withLock { $0.append(count.withLock { $0 }) } }
  }

  /// Three operations, each of which saves something and looks on the way back how much was freed before.
  private func saving(_ x: Tensor, _ freed: SavedCount) -> Tensor {
    (0..<3).reduce(x) { y, _ in
      let saved = Saved(freed)
      return Tensor(
        y.value, "saving",
        from: .input(y) { upstream in
          withExtendedLifetime(saved) { freed.look() }
          return upstream
        })
    }
  }

  @Test func savedValuesAreFreedOnTheWay() {
    let freed = SavedCount()
    let pullback = valuesWithPullback(at: Tensor(NDArray([1], [3]))) { [saving($0, freed)] }.pullback
    #expect(freed.count.withLock { $0 } == 0)
    _ = (consume pullback)([NDArray([1], [1])])
    #expect(freed.seen.withLock { $0 } == [0, 1, 2] && freed.count.withLock { $0 } == 3)
  }

  @Test func valueAndGradientFreesSavedValuesOnTheWay() {
    let freed = SavedCount()
    _ = valueAndGradient(at: Tensor(NDArray([1], [3]))) { saving($0, freed) }
    #expect(freed.seen.withLock { $0 } == [0, 1, 2] && freed.count.withLock { $0 } == 3)
  }

  private func deepPullback(saving saved: Saved) -> Pullback<Tensor> {
    let one = Tensor(NDArray([1], [1]))
    return valuesWithPullback(at: one) { x in
      var y = Tensor(x.value, "saving", from: .input(x) { upstream in withExtendedLifetime(saved) { upstream } })
      for _ in 0..<200_000 { y = y + one }
      return [y]
    }.pullback
  }

  @Test func aDeepGraphIsSweptWithoutRecursion() {
    #expect(deepPullback(saving: Saved(SavedCount()))([NDArray([1], [2])]).value.elements == [2])
  }

  @Test func aPullbackThatIsLetGoFreesItsGraphWithoutRecursion() {
    let freed = SavedCount()
    _ = deepPullback(saving: Saved(freed))
    #expect(freed.count.withLock { $0 } == 1)
  }

  static let mistakes: [String: @Sendable () -> Void] = [
    "Pullback: 2 gradients for 1 results": {
      _ = valuesWithPullback(at: Tensor(NDArray([1], [1]))) { [$0] }.pullback([nil, nil])
    },
    "Pullback: a gradient of [2] for a result of [1]": {
      _ = valuesWithPullback(at: Tensor(NDArray([1], [1]))) { [$0] }.pullback([NDArray([2], [1, 1])])
    },
    "valuesWithPullback: a result belongs to another differentiation": {
      _ = valueAndGradient(at: Tensor(NDArray([1], [1]))) { x in
        Tensor(valuesWithPullback(at: Tensor(NDArray([1], [2]))) { _ in [x] }.values[0])
      }
    },
  ]

  @Test(arguments: mistakes.keys) func mistakesStop(message: String) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [message] in
      Self.mistakes[message]!()
    }
    expectMessage(message, from: result)
  }
}
