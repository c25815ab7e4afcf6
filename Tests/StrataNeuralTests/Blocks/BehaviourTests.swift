import StrataNeural
import StrataTensor
import TestSupport
import Testing

@Suite struct BehaviourTests {
  /// Expects the first four of six steps not to notice a change of the last two.
  private func expectCausal(_ map: (Tensor) -> Tensor, sourceLocation: SourceLocation = #_sourceLocation) {
    var generator = Generator(seed: 8)
    let past = generator.normalArray([2, 4, 8])
    let (first, second) = (generator.normalArray([2, 2, 8]), generator.normalArray([2, 2, 8]))
    let a = map(Tensor(concatenate([past, first], axis: 1))).value
    let b = map(Tensor(concatenate([past, second], axis: 1))).value
    expectClose(a.slice(axis: 1, 0..<4), b.slice(axis: 1, 0..<4), sourceLocation: sourceLocation)
    #expect(a.slice(axis: 1, 4..<6).elements != b.slice(axis: 1, 4..<6).elements, sourceLocation: sourceLocation)
  }

  @Test func causalBlocksDoNotLookAhead() {
    var generator = Generator(seed: 2)
    var context = ForwardContext.inference
    let temporal = TemporalBlock(width: 8, dilation: 2, using: &generator)
    expectCausal { temporal($0, in: &context) }
    let transformer = TransformerBlock(
      width: 8, heads: 2, hidden: 16, position: RotaryEmbedding(), causal: true, using: &generator)
    expectCausal { transformer($0, in: &context) }
    let gru = GRU(inputs: 8, width: 8, using: &generator)
    expectCausal { gru($0) }
  }

  @Test func aContinuedRecurrenceEqualsAnUnbrokenOne() {
    var generator = Generator(seed: 2)
    let gru = GRU(inputs: 3, width: 5, using: &generator)
    let x = Tensor(generator.normalArray([2, 7, 3]))
    let whole = gru(x).value
    let start = gru(x.slice(axis: 1, 0..<4))
    let state = start.slice(axis: 1, 3..<4).reshaped([2, 5])
    let rest = gru(x.slice(axis: 1, 4..<7), initial: state).value
    expectClose(concatenate([start.value, rest], axis: 1), whole)
  }

  @Test func dropoutActsInTrainingOnlyAndKeepsTheMean() {
    let x = Tensor(NDArray([40_000], repeating: 1))
    let dropout = Dropout(rate: 0.25)
    var context = ForwardContext.inference
    #expect(dropout(x, in: &context).value.elements == x.value.elements)
    context = .training(seed: 4)
    let y = dropout(x, in: &context).value
    let zeroed = y.elements.count { $0 == 0 }
    #expect((9_600..<10_400).contains(zeroed), "\(zeroed) zeroed")  // 10 000 ± 4.6 deviations
    #expect(y.elements.allSatisfy { $0 == 0 || abs($0 - 4 / 3) < 1e-6 })
    #expect(dropout(x, in: &context).value.elements != y.elements)
    var again = ForwardContext.training(seed: 4)
    #expect(dropout(x, in: &again).value.elements == y.elements)
  }

  @Test func dropoutReachesBothBranchesOfATransformer() {
    var generator = Generator(seed: 2)
    let block = TransformerBlock(width: 4, heads: 2, hidden: 6, dropout: 0.5, using: &generator)
    let x = Tensor(generator.normalArray([1, 3, 4]))
    var (first, second) = (ForwardContext.training(seed: 1), ForwardContext.training(seed: 1))
    #expect(block(x, in: &first).value.elements == block(x, in: &second).value.elements)
    var reference = Generator(seed: 1)
    for _ in 0..<2 { _ = dropout(x, rate: 0.5, using: &reference) }
    #expect(first.generator == reference)
  }

  @Test func everyActivationIsItsOperation() {
    let x = Tensor(NDArray([5], [-2, -0.5, 0, 0.7, 3]))
    let expected: [Activation: Tensor] = [
      .relu: relu(x), .gelu: gelu(x), .geluTanh: gelu(x, approximation: .tanh), .silu: silu(x), .tanh: tanh(x),
      .sigmoid: sigmoid(x), .softplus: softplus(x),
    ]
    for activation in Activation.allCases {
      #expect(activation(x).value.elements == expected[activation]?.value.elements, "\(activation)")
    }
  }
}
