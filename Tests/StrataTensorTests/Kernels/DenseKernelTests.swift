import CStrataKernels
import Foundation
import StrataTensor
import Testing

/// Every variant's dense maps against sums in double precision.
@Suite struct DenseKernelTests {
  static let variants = (0..<sk_variant_count()).map { Int($0) }

  private struct Extents {
    var rows: Int, taps: Int, inputs: Int, outputs: Int
    /// Between what two taps see, in rows; `nil` when a row holds all taps.
    var dilation: Int? = 1
  }

  private static let extents = [
    Extents(rows: 1, taps: 1, inputs: 1, outputs: 1), Extents(rows: 1, taps: 1, inputs: 20, outputs: 140),
    Extents(rows: 2, taps: 1, inputs: 33, outputs: 70), Extents(rows: 5, taps: 1, inputs: 40, outputs: 97),
    Extents(rows: 7, taps: 3, inputs: 5, outputs: 31, dilation: 2),
    Extents(rows: 70, taps: 2, inputs: 19, outputs: 48, dilation: 4),
    Extents(rows: 37, taps: 3, inputs: 32, outputs: 16),
    Extents(rows: 9, taps: 3, inputs: 10, outputs: 20, dilation: nil),
    Extents(rows: 128, taps: 1, inputs: 64, outputs: 24),
  ]

  private func rounded(_ x: Float) -> Float {
    let bits = x.bitPattern
    return Float(bitPattern: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) & 0xFFFF_0000)
  }

  private func gelu(_ x: Double) -> Double { x * 0.5 * (1 + erf(x / 2.0.squareRoot())) }

  /// - Parameter isCoarse: Whether GELU is computed in half precision.
  private func expectAgreement(_ kernels: sk_dense, isHalf: Bool, isCoarse: Bool = false, _ e: Extents, after: Int) {
    var generator = Generator(seed: 9)
    let xRow = e.dilation == nil ? e.taps * e.inputs : e.inputs + 3, tapRow = e.dilation.map { $0 * xRow } ?? e.inputs
    let outRow = e.outputs + 2
    let x = generator.normalArray([(e.rows - 1) * xRow + (e.taps - 1) * tapRow + e.inputs]).elements
    let weight = generator.normalArray([e.taps * e.inputs * e.outputs]).elements.map { $0 * 0.3 }
    let bias = generator.normalArray([e.outputs]).elements
    let before = generator.normalArray([e.rows * outRow]).elements
    let shape = sk_dense_shape(
      rows: e.rows, taps: e.taps, inputs: e.inputs, outputs: e.outputs, x_row: xRow, tap_row: tapRow, out_row: outRow,
      skipped: 0)
    var packed = [UInt8](repeating: 0, count: kernels.packed_bytes(e.taps, e.inputs, e.outputs))
    var scratch = [UInt8](repeating: 0xFF, count: kernels.scratch_bytes(shape) + 1)
    var out = before
    kernels.pack(&packed, weight, e.outputs, 1, e.taps, e.inputs, e.outputs)
    kernels.apply(&out, x, packed, bias, shape, Int32(after), &scratch)
    var worst = 0.0
    for row in 0..<e.rows {
      for column in 0..<outRow {
        let place = row * outRow + column
        var exact = Double(before[place])
        if column < e.outputs {
          var sum = Double(bias[column])
          for tap in 0..<e.taps {
            for k in 0..<e.inputs {
              let (a, b) = (x[row * xRow + tap * tapRow + k], weight[(tap * e.inputs + k) * e.outputs + column])
              sum += isHalf ? Double(rounded(a)) * Double(rounded(b)) : Double(a) * Double(b)
            }
          }
          if after & sk_after_gelu != 0 { sum = gelu(sum) }
          exact = after & sk_after_add != 0 ? exact + sum : sum
        }
        worst = max(worst, (Double(out[place]) - exact).magnitude / max(1, exact.magnitude))
      }
    }
    let bound = isCoarse && after & sk_after_gelu != 0 ? 7e-4 : 3e-6
    #expect(worst < bound, "\(e), after \(after), half \(isHalf): \(worst)")
  }

  @Test(arguments: variants) func mapsAgreeWithTheDefinition(variant: Int) {
    let table = sk_variant(variant).pointee, isCoarse = String(cString: table.name) == "fp16"
    for extents in Self.extents {
      for after in [0, sk_after_gelu, sk_after_add, sk_after_gelu | sk_after_add] {
        expectAgreement(table.dense_float, isHalf: false, extents, after: after)
        expectAgreement(table.dense_half, isHalf: true, isCoarse: isCoarse, extents, after: after)
      }
    }
  }

  /// Leaving out the first taps is the same as zeros in what they see.
  @Test(arguments: variants) func skippedTapsSeeNothing(variant: Int) {
    let table = sk_variant(variant).pointee
    for kernels in [table.dense_float, table.dense_half, table.dense_byte] {
      let (rows, taps, inputs, outputs) = (19, 3, 37, 40)
      var generator = Generator(seed: 4)
      let weight = generator.normalArray([taps * inputs * outputs]).elements
      let x = [Float](repeating: 0, count: 2 * rows * inputs) + generator.normalArray([rows * inputs]).elements
      var packed = [UInt8](repeating: 0, count: kernels.packed_bytes(taps, inputs, outputs))
      kernels.pack(&packed, weight, outputs, 1, taps, inputs, outputs)
      var results: [[Float]] = []
      for skipped in 0..<3 {
        let shape = sk_dense_shape(
          rows: rows, taps: taps, inputs: inputs, outputs: outputs, x_row: inputs, tap_row: rows * inputs,
          out_row: outputs,
          skipped: skipped)
        var scratch = [UInt8](repeating: 0, count: kernels.scratch_bytes(shape) + 1)
        var out = [Float](repeating: 0, count: rows * outputs)
        kernels.apply(&out, Array(x[(skipped * rows * inputs)...]), packed, nil, shape, 0, &scratch)
        results.append(out)
      }
      #expect(results[0] == results[1] && results[1] == results[2])
    }
  }

  /// What is not a number comes back from GELU, whatever the column.
  @Test(arguments: variants) func slopesKeepWhatIsNoNumber(variant: Int) {
    let table = sk_variant(variant).pointee
    for width in [1, 5, 16, 35] {
      let g = [Float](repeating: 1, count: 3 * width), c = g.indices.map { $0 / width == 1 ? Float.nan : -9 }
      var out = [Float](repeating: 7, count: 3 * width), sums = [Double](repeating: 0, count: width)
      table.gelu_and_bias_slope(&out, &sums, g, c, 3, width)
      for index in out.indices { #expect(index / width == 1 ? out[index].isNaN : out[index] == 0) }
      #expect(sums.allSatisfy { $0.isNaN })
    }
  }

  /// Sums of rounded rows stay exact, and what is too large or no number counts as the bound.
  @Test(arguments: variants) func replacedRowsLeaveTheirSums(variant: Int) {
    let table = sk_variant(variant).pointee
    let width = 21, inverse = [Float](repeating: 100, count: width)
    var generator = Generator(seed: 4)
    var rows = [[Int16]](repeating: [Int16](repeating: 0, count: width), count: 4)
    var sums = [Int32](repeating: 0, count: width)
    for step in 0..<50 {
      var x = generator.normalArray([width]).elements.map { $0 * 100 }
      if step % 7 == 3 { (x[0], x[9], x[20]) = (.nan, .infinity, -1e30) }
      table.pool_replace(&sums, &rows[step % 4], x, inverse, width)
      for column in 0..<width {
        #expect(sums[column] == rows.reduce(0) { $0 + Int32($1[column]) })
        let exact = x[column].isNaN ? 32_767 : max(min((x[column] * 100).rounded(.toNearestOrEven), 32_767), -32_767)
        #expect(rows[step % 4][column] == Int16(exact))
      }
    }
  }

  /// A row's result does not depend on how many rows are mapped with it: streams rely on that.
  @Test(arguments: variants) func rowsAreIndependentOfTheBatch(variant: Int) {
    let table = sk_variant(variant).pointee
    for kernels in [table.dense_float, table.dense_half, table.dense_byte] {
      for outputs in [24, 64, 200] {
        var generator = Generator(seed: 2)
        let (rows, inputs) = (53, 47)
        let x = generator.normalArray([rows * inputs]).elements
        let weight = generator.normalArray([inputs * outputs]).elements
        var packed = [UInt8](repeating: 0, count: kernels.packed_bytes(1, inputs, outputs))
        kernels.pack(&packed, weight, outputs, 1, 1, inputs, outputs)
        func map(_ range: Range<Int>) -> [Float] {
          let shape = sk_dense_shape(
            rows: range.count, taps: 1, inputs: inputs, outputs: outputs, x_row: inputs, tap_row: 0,
            out_row: outputs, skipped: 0)
          var scratch = [UInt8](repeating: 0, count: kernels.scratch_bytes(shape) + 1)
          var out = [Float](repeating: 0, count: range.count * outputs)
          kernels.apply(
            &out, Array(x[range.lowerBound * inputs..<range.upperBound * inputs]), packed, nil, shape, 1, &scratch)
          return out
        }
        let whole = map(0..<rows)
        for range in [0..<1, 3..<5, 7..<12, 20..<53] {
          #expect(map(range) == Array(whole[range.lowerBound * outputs..<range.upperBound * outputs]))
        }
      }
    }
  }

  /// The fused GELU keeps what is not a number, and gives nothing for what is far below zero.
  @Test(arguments: variants) func fusedGELUKeepsItsLimits(variant: Int) {
    let kernels = sk_variant(variant).pointee.dense_float
    let values: [Float] = [-.infinity, -1e30, -100, -5.6, -5.4, -1, 0, 1, 5.6, 100, 1e30, .infinity, .nan]
    var packed = [UInt8](repeating: 0, count: kernels.packed_bytes(1, 1, 1))
    kernels.pack(&packed, [1], 1, 1, 1, 1, 1)
    var out = [Float](repeating: 7, count: values.count)
    kernels.apply(
      &out, values, packed, nil,
      sk_dense_shape(rows: values.count, taps: 1, inputs: 1, outputs: 1, x_row: 1, tap_row: 0, out_row: 1, skipped: 0),
      Int32(sk_after_gelu), nil)
    for (x, y) in zip(values, out).dropFirst().dropLast(2) {
      #expect((Double(y) - gelu(Double(x))).magnitude <= 3e-7 * max(1, Double(abs(x))), "gelu(\(x)) = \(y)")
    }
    #expect(out[2] == 0 && out[11] == .infinity && out[12].isNaN)
  }
}
