import Foundation
import StrataNeural
import StrataTensor
import TestSupport
import Testing

@Suite struct PositionTests {
  @Test func sinusoidsMatchTheReference() throws {
    let goldens = try Goldens("blocks", in: .module)
    expectClose(sinusoidalPositions(length: 50, width: 8), goldens.array("output", of: "sinusoidal"))
  }

  @Test func anOddWidthEndsWithASine() {
    let odd = sinusoidalPositions(length: 3, width: 5)
    #expect(odd[0, 4] == 0 && odd[0, 3] == 1)
  }

  @Test func rotationMatchesComplexMultiplication() throws {
    try expectGolden("rotary", Parameterless()) { _, x in RotaryEmbedding()(x[0], heads: 2, startingAt: 7) }
  }

  @Test func productsOfTurnedVectorsDependOnDistanceAlone() {
    var generator = Generator(seed: 9)
    let (query, key) = (Tensor(generator.normalArray([1, 1, 8])), Tensor(generator.normalArray([1, 1, 8])))
    let rotary = RotaryEmbedding()
    func product(_ first: Int, _ second: Int) -> NDArray {
      (rotary(query, heads: 1, startingAt: first) * rotary(key, heads: 1, startingAt: second)).sum().value
    }
    expectClose(product(3, 1), product(42, 40), relative: 1e-4, absolute: 1e-5)
    #expect(abs(product(3, 1).scalar - product(3, 2).scalar) > 1e-3)
  }
}
