import StrataInference
import StrataModel
import StrataTelemetry
import StrataTensor
import Testing

/// Sums of int8 are exact up to 2¹⁷ products, and wrap around somewhere beyond that.
@Suite struct DenseMapTests {
  /// A decoder whose last map adds up 140 000 products of equal sign and nearly equal size: as int8, more than 32 bits
  /// hold, and the sum would be negative.
  @Test func mapsBeyondTheBoundOfInt8AreInSinglePrecision() throws {
    var model = sampleModel(decoder: DecoderConfiguration(hidden: 140_000, bottleneck: 1))
    model.forEachParameter { name, parameter in
      if name.hasSuffix("decoder.hidden.weight") { parameter = Tensor(NDArray(parameter.shape, repeating: 0)) }
      if name.hasSuffix("decoder.hidden.bias") { parameter = Tensor(NDArray(parameter.shape, repeating: 2)) }
      if name.hasSuffix("decoder.mean.weight") { parameter = Tensor(NDArray(parameter.shape, repeating: 1e-4)) }
    }
    let batch = sampleBatch()
    let exact = try FrozenModel(model).embed(batch).scores.elements
    let rounded = try FrozenModel(model, precision: .int8, calibration: batch).embed(batch).scores.elements
    #expect(exact.allSatisfy { $0 == 0 || $0 > 100 })
    #expect(rounded.distance(to: exact) < 1e-3)
  }
}
