internal import CStrataKernels
import StrataNeural
import StrataTensor

/// An affine map or a causal convolution with packed weights.
struct DenseMap: Sendable {
  let taps: Int, inputs: Int, outputs: Int
  /// What it multiplies: that of its form, or single precision where int8 would not be exact.
  let precision: Precision
  private let weight: Constants, bias: Constants?
  private let observer: InputRange?

  /// What is done with the sums.
  struct Finish: OptionSet {
    let rawValue: Int32
    static let gelu = Finish(rawValue: Int32(sk_after_gelu))
    /// Adds what is at the place of the result; after `gelu`, if both are asked for.
    static let add = Finish(rawValue: Int32(sk_after_add))
  }

  /// - Parameters:
  ///   - weight: Shape `[inputs, outputs]` or `[tap, inputs, outputs]`.
  ///   - bias: Shape `[outputs]`.
  ///   - form: What it multiplies. A map that adds up more products than sums of int8 hold exactly, 2¹⁷, is computed in
  ///     single precision instead.
  init(weight: NDArray, bias: NDArray?, _ form: Packing.Form) {
    let outputs = weight.shape.last
    let taps = weight.shape.rank == 3 ? weight.shape[0] : 1
    let inputs = weight.shape[weight.shape.rank - 2]
    (self.taps, self.inputs, self.outputs) = (taps, inputs, outputs)
    let isExact = form.precision != .int8 || taps * inputs <= Int(sk_most_byte_terms)
    let precision = isExact ? form.precision : .fp32
    (self.precision, observer) = (precision, form.observer)
    let maps = precision.maps
    self.weight = Constants(count: (maps.packed_bytes(taps, inputs, outputs) + 3) / 4) { packed in
      weight.withElements { maps.pack(packed, $0.baseAddress!, outputs, 1, taps, inputs, outputs) }
      if precision == .int8 { kernels.dense_byte_range(packed, form.range) }
    }
    self.bias = bias.map { Constants($0.elements) }
  }

  init(_ linear: Linear, _ form: Packing.Form = Packing.Form()) {
    self.init(weight: linear.weight.value, bias: linear.bias?.value, form)
  }

  init(_ convolution: CausalConvolution, _ form: Packing.Form) {
    self.init(weight: convolution.weight.value, bias: convolution.bias.value, form)
  }

  /// How the taps of a convolution find what they see.
  struct Taps {
    /// Elements between what two taps see.
    var row = 0
    /// The first taps that are left out, because they see nothing.
    var skipped = 0
    /// The steps between taps.
    var dilation = 0
    /// The indices of the rows in their sequences, where they are not those from zero on.
    var indices: UnsafePointer<Int>?
  }

  private func shape(rows: Int, xRow: Int, _ taps: Taps, outRow: Int) -> sk_dense_shape {
    sk_dense_shape(
      rows: rows, taps: self.taps, inputs: inputs, outputs: outputs, x_row: xRow, tap_row: taps.row, out_row: outRow,
      skipped: taps.skipped, dilation: taps.dilation, first: 0, indices: taps.indices, kept: nil)
  }

  /// The floats of scratch memory for `rows` rows that lie `xRow` apart.
  func scratchCount(rows: Int, xRow: Int, taps: Taps = Taps()) -> Int {
    (precision.maps.scratch_bytes(shape(rows: rows, xRow: xRow, taps, outRow: outputs)) + 3) / 4
  }

  /// Maps `rows` rows; row i of the result sees the row at `x + i · xRow + tap · taps.row` with every tap that is not
  /// left out.
  func apply(
    _ x: UnsafePointer<Float>, row xRow: Int, taps: Taps = Taps(), to out: UnsafeMutablePointer<Float>,
    row outRow: Int, rows: Int, finish: Finish = [], scratch: UnsafeMutablePointer<Float>
  ) {
    if let observer { note(x, row: xRow, tap: taps.row, taps: self.taps - taps.skipped, rows: rows, in: observer) }
    let shape = shape(rows: rows, xRow: xRow, taps, outRow: outRow)
    precision.maps.apply(out, x, weight.start, bias?.start, shape, finish.rawValue, scratch)
  }

  private func note(
    _ x: UnsafePointer<Float>, row xRow: Int, tap tapRow: Int, taps: Int, rows: Int, in observer: InputRange
  ) {
    for row in 0..<rows {
      for tap in 0..<taps { observer.see(x + row * xRow + tap * tapRow, count: inputs) }
    }
  }
}

extension Precision {
  /// The dense maps of this precision in the kernels of this process.
  fileprivate var maps: sk_dense {
    switch self {
    case .fp32: kernels.dense_float
    case .bf16: kernels.dense_half
    case .int8: kernels.dense_byte
    }
  }
}
