import StrataTensor
import TestSupport
import Testing

@Suite struct BroadcastingTests {
  static let mistakes: [String: @Sendable () -> Void] = [
    "+: shapes [2, 3] and [4] do not broadcast": {
      _ = NDArray([2, 3], repeating: 0) + NDArray([4], repeating: 0)
    },
    "*: shapes [2, 3] and [3, 3] do not broadcast": {
      _ = Tensor(NDArray([2, 3], repeating: 0)) * Tensor(NDArray([3, 3], repeating: 0))
    },
  ]

  @Test(arguments: mistakes.keys) func mistakesStop(message: String) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [message] in
      Self.mistakes[message]!()
    }
    expectMessage(message, from: result)
  }

  /// Every pair of shapes up to three axes of extent one to three agrees with the definition, element by element.
  @Test func allSmallShapesFollowTheDefinition() {
    let shapes =
      [Shape([])]
      + (1...3).flatMap { rank in
        (0..<[1, 3, 9, 27][rank]).map { code in Shape((0..<rank).map { code / [1, 3, 9][$0] % 3 + 1 }) }
      }
    for left in shapes {
      for right in shapes where compatible(left, right) {
        let a = counting(left, from: 1), b = counting(right, from: 100)
        let c = a - b
        for flat in 0..<c.count {
          let place = indices(flat, c.shape)
          #expect(c.elements[flat] == a.elements[offset(place, left)] - b.elements[offset(place, right)])
        }
        let gradient = valueAndGradient(at: Tensor(a)) { ($0 * Tensor(b)).sum() }.gradient.value
        var expected = [Float](repeating: 0, count: a.count)
        for flat in 0..<c.count {
          let place = indices(flat, c.shape)
          expected[offset(place, left)] += b.elements[offset(place, right)]
        }
        #expect(gradient.elements == expected && gradient.shape == left, "\(left) and \(right)")
      }
    }
  }

  private func compatible(_ a: Shape, _ b: Shape) -> Bool {
    zip(a.dimensions.reversed(), b.dimensions.reversed()).allSatisfy { $0 == $1 || $0 == 1 || $1 == 1 }
  }

  private func counting(_ shape: Shape, from first: Float) -> NDArray {
    NDArray(shape, (0..<shape.elementCount).map { first + Float($0) })
  }

  private func indices(_ flat: Int, _ shape: Shape) -> [Int] {
    var rest = flat
    return shape.dimensions.reversed().map { extent in
      defer { rest /= extent }
      return rest % extent
    }.reversed()
  }

  private func offset(_ place: [Int], _ shape: Shape) -> Int {
    zip(place.suffix(shape.rank), shape.dimensions).reduce(0) { $0 * $1.1 + ($1.1 == 1 ? 0 : $1.0) }
  }
}
