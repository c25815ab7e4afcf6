import StrataTensor
import TestSupport
import Testing

@Suite struct ShapeOperationTests {
  let goldens: GoldenOperations
  init() throws { goldens = try GoldenOperations("shapes") }

  @Test func matchReferenceValues() {
    goldens.expect("transposed.201", step: 5e-3) { $0["x"].transposed(2, 0, 1) }
    goldens.expect("transposed.021", step: 5e-3) { $0["x"].transposed(0, -1, 1) }
    goldens.expect("reshaped", step: 5e-3) { $0["x"].reshaped([4, 6]) }
    goldens.expect("slice.0", step: 5e-3) { $0["x"].slice(axis: 0, 1..<2) }
    goldens.expect("slice.1", step: 5e-3) { $0["x"].slice(axis: 1, 1..<3) }
    goldens.expect("slice.2", step: 5e-3) { $0["x"].slice(axis: -1, 1..<3) }
    goldens.expect("concatenate", step: 5e-3) { concatenate([$0["x"], $0["y"], $0["x"]], axis: 1) }
    goldens.expect("stack.0", step: 5e-3) { stack([$0["x"], $0["y"]], axis: 0) }
    goldens.expect("stack.last", step: 5e-3) { stack([$0["x"], $0["y"]], axis: -1) }
    goldens.expect("pad", step: 5e-3) { pad($0["x"], axis: 1, before: 2, after: 1) }
    goldens.expect("gather", step: 5e-3) { gather($0["x"], rows: [2, 0, 2]) }
    goldens.expect("embedding", step: 5e-3) { embedding($0["table"], [3, 1, 3, 0, 4, 1], shape: [2, 3]) }
    goldens.expect("maskedFill", step: 5e-3) {
      maskedFill($0["x"], where: goldens.constant("mask", of: "maskedFill"), with: -7)
    }
  }

  /// All permutations of all shapes of up to four axes of extent one to three.
  @Test func everyTranspositionFollowsTheDefinition() {
    for rank in 1...4 {
      for code in 0..<[1, 3, 9, 27, 81][rank] {
        let shape = Shape((0..<rank).map { code / [1, 3, 9, 27][$0] % 3 + 1 })
        let x = NDArray(shape, (0..<shape.elementCount).map { Float($0) })
        for axes in permutations(rank) {
          let y = x.transposed(axes)
          #expect(y.shape == Shape(axes.map { shape[$0] }))
          for flat in 0..<y.count {
            var (rest, source) = (flat, [Int](repeating: 0, count: rank))
            for axis in (0..<rank).reversed() {
              source[axes[axis]] = rest % y.shape[axis]
              rest /= y.shape[axis]
            }
            let place = zip(source, shape.dimensions).reduce(0) { $0 * $1.1 + $1.0 }
            #expect(y.elements[flat] == Float(place))
          }
        }
      }
    }
  }

  @Test func largeTranspositionsAreTheirOwnInverse() {
    var generator = Generator(seed: 1)
    let x = generator.uniformArray([3, 37, 65])
    #expect(x.transposed(0, 2, 1).transposed(0, 2, 1).elements == x.elements)
    #expect(x.transposed(0, 2, 1)[2, 64, 36] == x[2, 36, 64])
  }

  @Test func slicesPadsAndConcatenationsOfEveryAxisFit() {
    let x = NDArray([2, 3, 4], (0..<24).map { Float($0) })
    for axis in 0..<3 {
      for cut in 0...x.shape[axis] {
        let (left, right) = (x.slice(axis: axis, 0..<cut), x.slice(axis: axis, cut..<x.shape[axis]))
        #expect(concatenate([left, right], axis: axis).elements == x.elements)
        let padded = pad(left, axis: axis, before: 1, after: 2)
        #expect(padded.shape[axis] == cut + 3)
        #expect(padded.slice(axis: axis, 1..<cut + 1).elements == left.elements)
        #expect(padded.total == left.total)
      }
    }
  }

  @Test func droppedElementsAreZeroAndOthersScaled() {
    var generator = Generator(seed: 9), again = Generator(seed: 9)
    let x = Tensor(NDArray([100, 101], repeating: 3))
    let y = dropout(x, rate: 0.25, using: &generator).value
    #expect(Set(y.elements) == [0, 4])
    #expect((y.mean().scalar - 3).magnitude < 0.06)
    #expect(generator != Generator(seed: 9))
    let gradient = valueAndGradient(at: x) { dropout($0, rate: 0.25, using: &again).sum() }.gradient.value
    #expect(gradient.elements == (y / 3).elements)
    #expect(dropout(x, rate: 0, using: &generator).value.elements == x.value.elements)
  }

  static let mistakes: [String: @Sendable () -> Void] = [
    "reshaped: [2, 3] does not fit [5]": { _ = NDArray([2, 3], repeating: 0).reshaped([5]) },
    "transposed: [0, 0] is not a permutation of the axes of [2, 3]": {
      _ = NDArray([2, 3], repeating: 0).transposed(0, 0)
    },
    "slice: 1..<4 is outside axis 1 of [2, 3]": { _ = NDArray([2, 3], repeating: 0).slice(axis: 1, 1..<4) },
    "concatenate: shapes [2, 3] and [3, 3] differ outside axis 1": {
      _ = concatenate([NDArray([2, 3], repeating: 0), NDArray([3, 3], repeating: 0)], axis: 1)
    },
    "stack: shapes [2] and [3] differ": {
      _ = stack([NDArray([2], repeating: 0), NDArray([3], repeating: 0)], axis: 0)
    },
    "gather: row 3 is outside [3, 2]": { _ = gather(NDArray([3, 2], repeating: 0), rows: [3]) },
    "embedding: 2 indices do not fill shape [3]": {
      _ = embedding(Tensor(NDArray([3, 2], repeating: 0)), [0, 1], shape: [3])
    },
    "maskedFill: mask [2, 1, 3] does not broadcast to [1, 3]": {
      _ = maskedFill(NDArray([1, 3], repeating: 0), where: NDArray([2, 1, 3], repeating: 0), with: 0)
    },
    "dropout: rate 1.0 is not in 0..<1": {
      var generator = Generator(seed: 0)
      _ = dropout(Tensor(NDArray([1], repeating: 0)), rate: 1, using: &generator)
    },
  ]

  @Test(arguments: mistakes.keys) func mistakesStop(message: String) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [message] in
      Self.mistakes[message]!()
    }
    expectMessage(message, from: result)
  }

  private func permutations(_ count: Int) -> [[Int]] {
    count == 0
      ? [[]]
      : permutations(count - 1).flatMap { rest in
        (0..<count).map { Array(rest[..<$0]) + [count - 1] + Array(rest[$0...]) }
      }
  }
}
