import StrataInference
import StrataModel
import StrataNeural
import StrataTensor
import Testing

/// Parts that a study put into a model have no kernels, and the error says so.
@Suite struct FreezingTests {
  @Test func anEncoderWithoutFrozenFormIsRefused() {
    var model = sampleModel()
    model.branches[1].encoder = PlainEncoder(width: 20)
    let error = #expect(throws: FreezingError.self) { try FrozenModel(model) }
    #expect(error == .noFrozenForm(part: "the encoder of layer compute", type: "PlainEncoder"))
    #expect(
      error?.description
        == "the encoder of layer compute is of type PlainEncoder, which has no frozen form; run the differentiable model, "
        + "or train one with a kind of this library")
    #expect(throws: FreezingError.self) {
      try FrozenModel(model, precision: .int8, calibration: sampleBatch())
    }
  }

  @Test func aFusionWithoutFrozenFormIsRefused() {
    var model = sampleModel()
    model.fusion = FirstLayer()
    #expect(throws: FreezingError.noFrozenForm(part: "the fusion", type: "FirstLayer")) { try FrozenModel(model) }
  }
}

private struct PlainEncoder: LayerEncoder {
  let width: Int
  var receptiveField: Int? { 1 }

  func callAsFunction(_ x: Tensor, in context: inout ForwardContext) -> Tensor { x }
  mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {}
}

private struct FirstLayer: LayerFusion {
  func callAsFunction(
    _ layers: [LayerSummary], presence: NDArray, in context: inout ForwardContext
  ) -> FusedLayers {
    FusedLayers(embedding: layers[0].embedding)
  }

  mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {}
}
