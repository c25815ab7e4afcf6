internal import CStrataKernels

/// The dense map of frozen models on numbers of its own: what measures and checks it as a kernel.
///
/// Row i of the result is the bias and, for every tap, the product of row `i + tap` of the input with the weight of the
/// tap, as in a causal convolution without dilation.
public struct DenseMapProbe: Sendable {
  /// What weights are packed as.
  public enum Weights: String, CaseIterable, Sendable { case fp32, bf16, int8 }

  /// The sizes.
  public let rows: Int, taps: Int, inputs: Int, outputs: Int
  let x: [Float], weight: [Float], bias: [Float]
  private(set) var result: [Float]
  private var packed: [Float], scratch: [Float]
  private let weights: Weights

  /// Packs a weight and makes an input.
  ///
  /// - Parameters:
  ///   - weights: What weights are packed as.
  ///   - rows: How many rows the result has.
  ///   - taps: How many rows of the input each row of the result sees.
  ///   - inputs: The width of the input.
  ///   - outputs: The width of the result.
  /// - Precondition: Sizes are positive.
  public init(_ weights: Weights, rows: Int, taps: Int = 1, inputs: Int, outputs: Int) {
    require(
      rows > 0 && taps > 0 && inputs > 0 && outputs > 0,
      "DenseMapProbe: \(rows) rows, \(taps) taps, \(inputs) inputs and \(outputs) outputs")
    (self.weights, self.rows, self.taps, self.inputs, self.outputs) = (weights, rows, taps, inputs, outputs)
    let maps = weights.maps
    x = Self.sample((rows + taps - 1) * inputs)
    weight = Self.sample(taps * inputs * outputs)
    bias = Self.sample(outputs)
    result = [Float](repeating: 0, count: rows * outputs)
    packed = [Float](repeating: 0, count: (maps.packed_bytes(taps, inputs, outputs) + 3) / 4)
    scratch = []
    maps.pack(&packed, weight, outputs, 1, taps, inputs, outputs)
    scratch = [Float](repeating: 0, count: (maps.scratch_bytes(shape) + 3) / 4)
    if weights == .int8 { kernels.dense_byte_range(&packed, 0.5) }
  }

  /// Rows of a sequence whose taps all see something.
  private var shape: sk_dense_shape {
    sk_dense_shape(
      rows: rows, taps: taps, inputs: inputs, outputs: outputs, x_row: inputs, tap_row: inputs, out_row: outputs,
      skipped: 0, dilation: 1, first: taps - 1, indices: nil, kept: nil)
  }

  /// The floating-point operations of ``run()``.
  public var operations: Int { 2 * rows * taps * inputs * outputs }

  /// Computes the map.
  public mutating func run() {
    weights.maps.apply(&result, x, packed, bias, shape, Int32(sk_after_nothing), &scratch)
  }

  /// Numbers from -½ to ½ that repeat with a period that no size is likely to have.
  static func sample(_ count: Int) -> [Float] { (0..<count).map { Float(($0 * 37 + 11) % 23) / 23 - 0.5 } }
}

extension DenseMapProbe.Weights {
  fileprivate var maps: sk_dense {
    switch self {
    case .fp32: kernels.dense_float
    case .bf16: kernels.dense_half
    case .int8: kernels.dense_byte
    }
  }
}
