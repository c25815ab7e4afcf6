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
      skipped: 0, dilation: e.dilation ?? 1, first: 2 * (e.dilation ?? 1), indices: nil, kept: nil)
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
          out_row: outputs, skipped: skipped, dilation: rows, first: 0, indices: nil, kept: nil)
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
          let shape = sk_map_shape(range.count, inputs, outputs, inputs, outputs)
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

  private struct Course {
    var steps = 150
    var inputs: Int, outputs: Int, dilation: Int
    var reach: Int { 2 * dilation }
  }

  private static let courses = [
    Course(inputs: 64, outputs: 64, dilation: 1), Course(inputs: 20, outputs: 24, dilation: 4),
    Course(inputs: 33, outputs: 40, dilation: 16), Course(inputs: 16, outputs: 70, dilation: 50),
    Course(inputs: 5, outputs: 7, dilation: 100),
  ]

  /// A convolution of three taps over a sequence whose first sample is not seen by what was before it: in one piece, in
  /// pieces of any size, and row by row as a stream gathers it, every sample has the same bits.
  @Test(arguments: variants) func bitsDependOnTheIndexAlone(variant: Int) {
    let table = sk_variant(variant).pointee
    for kernels in [table.dense_float, table.dense_half, table.dense_byte] {
      for course in Self.courses {
        let (inputs, outputs, steps) = (course.inputs, course.outputs, course.steps)
        var generator = Generator(seed: UInt64(course.dilation))
        let zeros = [Float](repeating: 0, count: course.reach * inputs)
        let x = zeros + generator.normalArray([steps * inputs]).elements
        let weight = generator.normalArray([3 * inputs * outputs]).elements
        let bias = generator.normalArray([outputs]).elements
        var packed = [UInt8](repeating: 0, count: kernels.packed_bytes(3, inputs, outputs))
        kernels.pack(&packed, weight, outputs, 1, 3, inputs, outputs)
        /// `rows` rows from `first` on, of which `x` holds what they see.
        func map(_ rows: Int, from first: Int, _ x: [Float], row: Int, tap: Int, indices: [Int]? = nil) -> [Float] {
          var out = [Float](repeating: 0.5, count: rows * outputs)
          func apply(_ indices: UnsafePointer<Int>?) {
            let shape = sk_dense_shape(
              rows: rows, taps: 3, inputs: inputs, outputs: outputs, x_row: row, tap_row: tap, out_row: outputs,
              skipped: 0, dilation: course.dilation, first: first, indices: indices, kept: nil)
            var scratch = [UInt8](repeating: 0xFF, count: kernels.scratch_bytes(shape) + 1)
            kernels.apply(&out, x, packed, bias, shape, Int32(sk_after_gelu | sk_after_add), &scratch)
          }
          if let indices { indices.withUnsafeBufferPointer { apply($0.baseAddress) } } else { apply(nil) }
          return out
        }
        let whole = map(steps, from: 0, x, row: inputs, tap: course.dilation * inputs)
        for size in [1, 7, 64] {
          // A restart in the middle is no more than another piece.
          for start in [0, 41] {
            let pieces = stride(from: start, to: steps, by: size).flatMap { first in
              map(
                min(size, steps - first), from: first, Array(x[(first * inputs)...]), row: inputs,
                tap: course.dilation * inputs)
            }
            #expect(pieces == Array(whole[(start * outputs)...]), "\(course), pieces of \(size)")
          }
        }
        // Entities of different ages, side by side.
        let indices = (0..<steps).map { ($0 * 47 + 13) % steps }
        var gathered: [Float] = []
        for index in indices {
          for tap in 0..<3 {
            let seen = (index + tap * course.dilation) * inputs
            gathered += x[seen..<seen + inputs]
          }
        }
        let streamed = map(steps, from: 0, gathered, row: 3 * inputs, tap: inputs, indices: indices)
        for (row, index) in indices.enumerated() {
          #expect(
            streamed[row * outputs..<(row + 1) * outputs].elementsEqual(whole[index * outputs..<(index + 1) * outputs]),
            "\(course), sample \(index)")
        }
      }
    }
  }

  /// Sums that are kept are those of the map without GELU.
  @Test(arguments: variants) func keptSumsAreThoseBeforeGELU(variant: Int) {
    let table = sk_variant(variant).pointee
    for kernels in [table.dense_float, table.dense_half] {
      for (taps, outputs) in [(1, 37), (2, 64), (3, 40)] {
        var generator = Generator(seed: 3)
        let (rows, inputs) = (45, 24)
        let x = generator.normalArray([(rows + taps) * inputs]).elements
        let weight = generator.normalArray([taps * inputs * outputs]).elements
        var packed = [UInt8](repeating: 0, count: kernels.packed_bytes(taps, inputs, outputs))
        kernels.pack(&packed, weight, outputs, 1, taps, inputs, outputs)
        func map(_ after: Int, keeping kept: UnsafeMutablePointer<Float>?) -> [Float] {
          let shape = sk_dense_shape(
            rows: rows, taps: taps, inputs: inputs, outputs: outputs, x_row: inputs, tap_row: inputs, out_row: outputs,
            skipped: 0, dilation: 1, first: 2, indices: nil, kept: kept)
          var scratch = [UInt8](repeating: 0xFF, count: kernels.scratch_bytes(shape) + 1)
          var out = x.prefix(rows * outputs) + [Float](repeating: 1, count: max(rows * outputs - x.count, 0))
          out.withUnsafeMutableBufferPointer {
            kernels.apply($0.baseAddress!, x, packed, nil, shape, Int32(after), &scratch)
          }
          return Array(out)
        }
        var kept = [Float](repeating: .nan, count: rows * outputs)
        let activated = map(sk_after_gelu, keeping: &kept)
        #expect(kept == map(sk_after_nothing, keeping: nil))
        // Where GELU follows kept sums, it is that of single precision.
        var expected = [Float](repeating: 0, count: kept.count)
        table.add_gelu(&expected, nil, kept, kept.count)
        #expect(activated == expected)
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
      sk_map_shape(values.count, 1, 1, 1, 1),
      Int32(sk_after_gelu), nil)
    for (x, y) in zip(values, out).dropFirst().dropLast(2) {
      #expect((Double(y) - gelu(Double(x))).magnitude <= 3e-7 * max(1, Double(abs(x))), "gelu(\(x)) = \(y)")
    }
    #expect(out[2] == 0 && out[11] == .infinity && out[12].isNaN)
  }
}
