import StrataNeural
import StrataTensor
import TestSupport
import Testing

@Suite struct LinearTests {
  private func map(bias: Bool) -> Linear {
    var generator = Generator(seed: 5)
    return Linear(inputs: 3, outputs: 4, bias: bias, using: &generator)
  }

  private var input: Tensor {
    var generator = Generator(seed: 6)
    return Tensor(generator.normalArray([2, 5, 3]))
  }

  @Test func withoutBiasItIsTheProduct() {
    let (with, without) = (map(bias: true), map(bias: false))
    #expect(without.namedArrays().map(\.name) == ["weight"] && storedTensorCount(in: without) == 1)
    #expect(without.weight.value.elements == with.weight.value.elements)
    #expect(without(input).value.elements == with(input).value.elements)
    #expect(without(Tensor(NDArray([3], [1, 2, 3]))).shape == [4])
  }

  @Test func gradientWithoutBiasMatchesFiniteDifferences() {
    let input = input
    expectGradient(of: { square($0(input)).mean() }, at: map(bias: false))
    expectGradient(of: { [map = map(bias: false)] x in square(map(x)).mean() }, at: input)
  }

  /// Blocks that fuse their maps, or cut them, treat an absent bias as zero.
  @Test func blocksWithoutBiasEqualThoseWithZeros() {
    var generator = Generator(seed: 7)
    let with = TransformerBlock(width: 4, heads: 2, hidden: 6, using: &generator)
    var without = with
    without.attention.qkv.bias = nil
    without.attention.projection.bias = nil
    without.feedForward.hidden.bias = nil
    let x = Tensor(generator.normalArray([2, 3, 4]))
    var context = ForwardContext.inference
    #expect(without(x, in: &context).value.elements == with(x, in: &context).value.elements)
    #expect(
      without.attention(x, attendingTo: x).value.elements == with.attention(x, attendingTo: x).value.elements)
    expectGradient(
      of: { block in
        var context = ForwardContext.inference
        return square(block(x, in: &context)).mean()
      }, at: without)
    let gru = GRU(inputs: 4, width: 3, using: &generator)
    var plain = gru
    (plain.input.bias, plain.recurrent.bias) = (nil, nil)
    #expect(plain(x).value.elements == gru(x).value.elements)
  }
}
