import StrataNeural
import StrataTensor
import TestSupport
import Testing

@Suite struct LossPropertyTests {
  @Test func missingElementsCannotBeHeard() {
    let target = Tensor(NDArray([2, 2], [1, 2, 3, 4]))
    let mask = NDArray([2, 2], [1, 0, 1, 1])
    func losses(_ hidden: Float) -> [Float] {
      let prediction = Tensor(NDArray([2, 2], [0.5, hidden, 3.5, 4]))
      return [
        maskedMeanSquaredError(prediction: prediction, target: target, mask: mask).value.scalar,
        maskedGaussianNLL(mean: prediction, logVariance: target, target: target, mask: mask).value.scalar,
        huber(prediction: prediction, target: target, mask: mask).value.scalar,
        binaryCrossEntropyWithLogits(logits: prediction, targets: target, mask: mask).value.scalar,
      ]
    }
    #expect(losses(0) == losses(.nan))
    let gradient = valueAndGradient(at: Tensor(NDArray([2, 2], repeating: .nan))) {
      maskedMeanSquaredError(prediction: $0, target: target, mask: NDArray([2, 2], repeating: 0))
    }
    #expect(gradient.value == 0)
    #expect(gradient.gradient.value.elements == [0, 0, 0, 0])
  }

  @Test func aLoneAnchorAddsNothing() {
    let z = l2Normalize(Tensor(NDArray([3, 2], [1, 0, 0, 1, 1, 1])))
    #expect(supervisedContrastive(z, labels: [0, 1, 2]).value.scalar == 0)
    let gradient = valueAndGradient(at: z) { supervisedContrastive($0, labels: [0, 1, 2]) }.gradient
    #expect(gradient.value.elements.allSatisfy { $0 == 0 })
  }

  @Test func supervisionOfPairsIsNTXent() {
    var generator = Generator(seed: 4)
    let (a, b) = (Tensor(generator.normalArray([5, 3])), Tensor(generator.normalArray([5, 3])))
    let labels = Array(0..<5) + Array(0..<5)
    expectClose(
      supervisedContrastive(concatenate([a, b], axis: 0), labels: labels, temperature: 0.7).value,
      ntXent(a, b, temperature: 0.7).value)
  }

  @Test func decorrelationIsLowestForWhiteViews() {
    // Columns of a Hadamard matrix: mean zero, variance one, uncorrelated.
    let white = Tensor(NDArray([4, 3], [1, 1, 1, -1, 1, -1, 1, -1, -1, -1, -1, 1]))
    #expect(barlowTwins(white, white).value.scalar < 1e-8)
    #expect(vicReg(white, white).value.scalar == 0)
    let collapsed = Tensor(NDArray([4, 3], repeating: 1))
    #expect(barlowTwins(collapsed, collapsed).value.scalar == 3)
    expectClose(vicRegTerms(collapsed, collapsed).variance.value, NDArray(scalar: 0.99))
  }

  @Test func aSatisfiedTripletIsFree() {
    let anchor = Tensor(NDArray([1, 2], [0, 0]))
    let far = Tensor(NDArray([1, 2], [3, 4]))
    #expect(triplet(anchor: anchor, positive: anchor, negative: far).value.scalar == 0)
    expectClose(
      triplet(anchor: anchor, positive: far, negative: anchor).value, NDArray(scalar: 6), relative: 1e-5)
  }

  @Test func oneStepOfOneSeriesHasNothingToContrast() {
    let z = Tensor(NDArray([1, 1, 3], [1, 2, 3]))
    #expect(hierarchicalContrast(z, z).value.scalar == 0)
  }
}
