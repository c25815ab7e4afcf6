import StrataModel
import StrataNeural
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

let everyFusion = [
  "fusion={kind: gated, gates: softmax}", "fusion={kind: gated, gates: sigmoid}", "fusion={kind: late}",
  "fusion={kind: crossAttention, heads: 2, hidden: 5, dropout: 0}",
  "fusion={kind: bottleneck, heads: 2, hidden: 5, dropout: 0}",
]

@Suite struct FusionTests {
  @Test(arguments: everyFusion) func gradientMatchesFiniteDifferences(fusion: String) throws {
    let model = try sampleModel(fusion).perturbed()
    let batch = sampleBatch(absent: [.compute: [1]])
    let probe = Tensor(Generator(seed: 2).array([4, 4]))
    expectGradient(
      of: { model in
        var context = ForwardContext.inference
        return (model(batch, in: &context).joint * probe).sum()
      }, at: model, step: 5e-4, tolerance: 5e-3)
  }

  @Test(arguments: everyFusion) func aMissingLayerHasNoInfluence(fusion: String) throws {
    let model = try sampleModel(fusion)
    let batch = sampleBatch()
    var context = ForwardContext.inference
    let input = model.encoderInput(of: batch)
    var presence = input.presence
    presence.withMutableElements { $0[1] = 0 }  // the first window's compute layer
    func joint(scalingComputeBy factor: Float) -> NDArray {
      var layers = input.layers
      layers[1] = layers[1] * factor
      return model(layers.map { Tensor($0) }, presence: presence, in: &context).joint.value
    }
    let (one, other) = (joint(scalingComputeBy: 1), joint(scalingComputeBy: -3))
    #expect(one.rows(0..<1).elements == other.rows(0..<1).elements)
    #expect(one.rows(1..<2).elements != other.rows(1..<2).elements)
  }

  @Test(arguments: everyFusion) func jointEmbeddingsAreUnitVectors(fusion: String) throws {
    var context = ForwardContext.inference
    let output = try sampleModel(fusion)(sampleBatch(), in: &context)
    expectClose(square(output.joint.value).sum(over: [1]), NDArray([4], repeating: 1))
    #expect(output.joint.shape == [4, 4])
  }

  @Test(arguments: everyFusion) func aWindowWithoutAnyLayerIsFinite(fusion: String) throws {
    let model = try sampleModel(fusion)
    let batch = sampleBatch(absent: [.physical: [0], .compute: [0], .application: [0]])
    let (value, gradient) = valueAndGradient(at: model) { model in
      var context = ForwardContext.inference
      return square(model(batch, in: &context).joint.rows(1..<4)).mean()
    }
    #expect(value.isFinite)
    #expect(parameters(of: gradient).areFinite)
  }

  @Test(arguments: everyFusion.prefix(3)) func weightsAddUpOverTheLayersThatArePresent(fusion: String) throws {
    var context = ForwardContext.inference
    let output = try sampleModel(fusion)(sampleBatch(absent: [.physical: [2]]), in: &context)
    let weights = output.weights!.value
    expectClose(weights.sum(over: [1]), NDArray([4], repeating: 1))
    #expect(weights[2, 0] == 0)
  }

  @Test func lateFusionIsTheMeanOfTheEmbeddings() throws {
    var context = ForwardContext.inference
    let output = try sampleModel("fusion={kind: late}")(sampleBatch(), in: &context)
    let mean = output.layers.map(\.embedding.value).dropFirst().reduce(output.layers[0].embedding.value, +) / 3
    expectClose(output.jointProjection.value, mean)
  }
}

extension Generator {
  /// Random numbers from a copy of this generator.
  func array(_ shape: Shape) -> NDArray {
    var copy = self
    return copy.normalArray(shape)
  }
}
