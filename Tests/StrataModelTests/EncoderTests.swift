import StrataModel
import StrataNeural
import StrataTensor
import TestSupport
import Testing

@Suite struct EncoderTests {
  private func transformer(
    patch: Int, positions: PatchTransformerConfiguration.Positions = .sinusoidal, causal: Bool = false
  ) -> PatchTransformerEncoder {
    var generator = Generator(seed: 1)
    return PatchTransformerEncoder(
      .init(width: 8, depth: 2, heads: 2, hidden: 9, patch: patch, positions: positions, causal: causal), inputs: 3,
      using: &generator)
  }

  /// The steps at which a change of step `changed` shows.
  private func affectedSteps(_ encoder: some LayerEncoder, changed: Int, time: Int = 12) -> [Int] {
    let x = Generator(seed: 2).array([1, time, 3])
    var other = x
    other.withMutableElements { $0[changed * 3] += 1 }
    var context = ForwardContext.inference
    let difference = abs(encoder(Tensor(x), in: &context).value - encoder(Tensor(other), in: &context).value)
    let perStep = difference.max(over: [0, 2]).elements
    return perStep.indices.filter { perStep[$0] > 1e-6 }
  }

  @Test func convolutionsSeeTheirReceptiveFieldAndNotTheFuture() {
    var generator = Generator(seed: 1)
    let encoder = TemporalConvolutionEncoder(.init(width: 8, depth: 2, kernel: 3), inputs: 3, using: &generator)
    #expect(encoder.receptiveField == 7)
    #expect(affectedSteps(encoder, changed: 3) == Array(3..<10))
  }

  @Test func aCausalTransformerSeesItsPatchAndThePast() {
    #expect(affectedSteps(transformer(patch: 1, causal: true), changed: 5) == Array(5..<12))
    #expect(affectedSteps(transformer(patch: 1, positions: .rotary, causal: true), changed: 5) == Array(5..<12))
    #expect(affectedSteps(transformer(patch: 4, causal: true), changed: 5) == Array(4..<12))
    #expect(affectedSteps(transformer(patch: 1), changed: 5) == Array(0..<12))
  }

  @Test(arguments: [1, 3, 5, 20]) func anyPatchGivesOneFeaturePerStep(patch: Int) {
    var context = ForwardContext.inference
    let x = Tensor(Generator(seed: 3).array([2, 12, 3]))
    for positions in PatchTransformerConfiguration.Positions.allCases {
      let features = transformer(patch: patch, positions: positions)(x, in: &context).value
      #expect(features.shape == [2, 12, 8])
      #expect([features].areFinite)
    }
  }

  @Test func gradientOfPatchesMatchesFiniteDifferences() {
    let x = Tensor(Generator(seed: 3).array([2, 7, 3]))
    let probe = Tensor(Generator(seed: 4).array([2, 7, 8]))
    for positions in PatchTransformerConfiguration.Positions.allCases {
      expectGradient(
        of: { encoder in
          var context = ForwardContext.inference
          return (encoder(x, in: &context) * probe).mean()
        }, at: transformer(patch: 3, positions: positions, causal: true))
    }
  }

  @Test func anOrderOfStepsIsSeen() {
    for positions in PatchTransformerConfiguration.Positions.allCases {
      var context = ForwardContext.inference
      let x = Generator(seed: 3).array([1, 6, 3])
      let reversed = concatenate((0..<6).reversed().map { x.slice(axis: 1, $0..<$0 + 1) }, axis: 1)
      let encoder = transformer(patch: 1, positions: positions)
      let (a, b) = (
        encoder(Tensor(x), in: &context).mean(over: [1]), encoder(Tensor(reversed), in: &context).mean(over: [1])
      )
      #expect(abs(a.value - b.value).max().scalar > 1e-4)
    }
  }
}
