import CStrataKernels
import Foundation
import StrataTensor
import Testing

/// Every variant's dense maps of bytes against sums of integers.
@Suite struct ByteKernelTests {
  static let variants = (0..<sk_variant_count()).map { Int($0) }

  /// A map with random weights and inputs, some of them beyond the range.
  private struct Case {
    var rows: Int, taps: Int, inputs: Int, outputs: Int
    /// Between what two taps see, in rows; `nil` when a row holds all taps.
    var dilation: Int? = 1
    var gap = 3
    var skipped = 0

    var xRow: Int { dilation == nil ? taps * inputs : inputs + gap }
    var tapRow: Int { dilation.map { $0 * xRow } ?? inputs }
    var outRow: Int { outputs + 2 }
    var shape: sk_dense_shape {
      sk_dense_shape(
        rows: rows, taps: taps, inputs: inputs, outputs: outputs, x_row: xRow, tap_row: tapRow, out_row: outRow,
        skipped: skipped, dilation: 1, first: 0, indices: nil, kept: nil)
    }
  }

  private static let cases = [
    Case(rows: 1, taps: 1, inputs: 1, outputs: 1), Case(rows: 1, taps: 1, inputs: 20, outputs: 140),
    Case(rows: 2, taps: 1, inputs: 33, outputs: 70), Case(rows: 5, taps: 1, inputs: 40, outputs: 97),
    Case(rows: 7, taps: 3, inputs: 5, outputs: 31, dilation: 2, skipped: 1),
    Case(rows: 40, taps: 2, inputs: 19, outputs: 48, dilation: 4, skipped: 1),
    Case(rows: 37, taps: 3, inputs: 32, outputs: 16), Case(rows: 128, taps: 3, inputs: 64, outputs: 64, gap: 0),
    Case(rows: 9, taps: 3, inputs: 10, outputs: 20, dilation: nil, skipped: 2),
    Case(rows: 16, taps: 4, inputs: 6, outputs: 17, dilation: nil),
    Case(rows: 33, taps: 1, inputs: 130, outputs: 33), Case(rows: 3, taps: 1, inputs: 66, outputs: 200, gap: 0),
  ]

  private func rounded(_ x: Float, inSteps inverse: Float) -> Int {
    Int(max(min((x * inverse).rounded(.toNearestOrEven), 127), -127))
  }

  private func gelu(_ x: Double) -> Double { x * 0.5 * (1 + erf(x / 2.0.squareRoot())) }

  private func apply(
    _ table: sk_table, _ map: Case, _ x: [Float], weight: [Float], bias: [Float]?, range: Float, after: Int,
    to out: inout [Float]
  ) {
    let kernels = table.dense_byte
    var packed = [UInt8](repeating: 0xFF, count: kernels.packed_bytes(map.taps, map.inputs, map.outputs))
    var scratch = [UInt8](repeating: 0xFF, count: kernels.scratch_bytes(map.shape) + 1)
    kernels.pack(&packed, weight, map.outputs, 1, map.taps, map.inputs, map.outputs)
    table.dense_byte_range(&packed, range)
    if let bias {
      kernels.apply(&out, x, packed, bias, map.shape, Int32(after), &scratch)
    } else {
      kernels.apply(&out, x, packed, nil, map.shape, Int32(after), &scratch)
    }
  }

  private func expectAgreement(_ table: sk_table, _ map: Case, after: Int, biased: Bool) {
    var generator = Generator(seed: 9)
    let seen = (map.rows - 1) * map.xRow + (map.taps - map.skipped - 1) * map.tapRow + map.inputs
    let x = generator.normalArray([seen]).elements
    let weight = generator.normalArray([map.taps * map.inputs * map.outputs]).elements.map { $0 * 0.3 }
    let bias = biased ? generator.normalArray([map.outputs]).elements : nil
    let before = generator.normalArray([map.rows * map.outRow]).elements
    let range: Float = 2.1
    var out = before
    apply(table, map, x, weight: weight, bias: bias, range: range, after: after, to: &out)
    let largest = (0..<map.outputs).map { column in
      (0..<map.taps * map.inputs).reduce(Float(0)) { max($0, abs(weight[$1 * map.outputs + column])) }
    }
    for row in 0..<map.rows {
      for column in 0..<map.outRow {
        let place = row * map.outRow + column
        guard column < map.outputs else {
          #expect(out[place] == before[place])
          continue
        }
        var sum = 0
        for tap in map.skipped..<map.taps {
          for k in 0..<map.inputs {
            let a = x[row * map.xRow + (tap - map.skipped) * map.tapRow + k]
            let b = weight[(tap * map.inputs + k) * map.outputs + column]
            sum += rounded(a, inSteps: 127 / range) * rounded(b, inSteps: 127 / largest[column])
          }
        }
        let scaled = Float(sum) * (largest[column] / 127 * (range / 127))
        if after == 0, bias == nil {
          #expect(out[place] == scaled, "\(map): row \(row), column \(column)")
        } else {
          let value = Double(scaled) + Double(bias?[column] ?? 0)
          let mapped = after & sk_after_gelu != 0 ? gelu(value) : value
          let exact = after & sk_after_add != 0 ? Double(before[place]) + mapped : mapped
          #expect((Double(out[place]) - exact).magnitude < 3e-6 * max(1, exact.magnitude), "\(map), after \(after)")
        }
      }
    }
  }

  @Test(arguments: variants) func sumsAreThoseOfTheIntegers(variant: Int) {
    for map in Self.cases { expectAgreement(sk_variant(variant).pointee, map, after: 0, biased: false) }
  }

  @Test(arguments: variants) func mapsAreFinishedAsOthers(variant: Int) {
    for map in Self.cases {
      for after in [sk_after_gelu, sk_after_add, sk_after_gelu | sk_after_add] {
        expectAgreement(sk_variant(variant).pointee, map, after: after, biased: true)
      }
    }
  }

  /// The largest products of as many inputs as a map may have.
  @Test(arguments: variants) func theLargestSumsDoNotOverflow(variant: Int) {
    let inputs = 1 << 17, map = Case(rows: 2, taps: 1, inputs: inputs, outputs: 1, gap: 0)
    let x = [Float](repeating: 5, count: inputs) + [Float](repeating: -.infinity, count: inputs)
    var out = [Float](repeating: 0, count: 2 * map.outRow)
    apply(
      sk_variant(variant).pointee, map, x, weight: [Float](repeating: 127, count: inputs), bias: nil, range: 127 / 64,
      after: 0, to: &out)
    #expect(out[0] == Float(127 * 127 * inputs) / 64 && out[map.outRow] == -out[0])
  }

  /// What is not a number spoils the rows that see it and no others.
  @Test(arguments: variants) func notANumberReachesItsRows(variant: Int) {
    let map = Case(rows: 20, taps: 2, inputs: 7, outputs: 19, dilation: 3)
    var x = [Float](repeating: 1, count: 23 * map.xRow)
    x[10 * map.xRow + 5] = .nan
    var out = [Float](repeating: 0, count: map.rows * map.outRow)
    apply(
      sk_variant(variant).pointee, map, x, weight: [Float](repeating: 1, count: 2 * 7 * 19), bias: nil, range: 1,
      after: sk_after_gelu | sk_after_add, to: &out)
    for row in 0..<map.rows {
      for column in 0..<map.outputs { #expect(out[row * map.outRow + column].isNaN == [7, 10].contains(row)) }
    }
  }

  /// Weights of zeros, and inputs that were always zero.
  @Test(arguments: variants) func whatHasNoRangeIsZero(variant: Int) {
    let map = Case(rows: 3, taps: 1, inputs: 5, outputs: 4, gap: 0), x = [Float](repeating: 3, count: 15)
    for (weight, range) in [(Float(0), Float(1)), (1, 0)] {
      var out = [Float](repeating: 7, count: map.rows * map.outRow)
      apply(
        sk_variant(variant).pointee, map, x, weight: [Float](repeating: weight, count: 20), bias: [1, 2, 3, 4],
        range: range, after: 0, to: &out)
      for row in 0..<3 { #expect(Array(out[row * 6..<row * 6 + 4]) == [1, 2, 3, 4]) }
    }
  }
}
