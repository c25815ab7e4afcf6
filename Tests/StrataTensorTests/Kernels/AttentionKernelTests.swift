import CStrataKernels
import Foundation
import StrataTensor
import Testing

/// Every variant's attention of one head against sums in double precision.
@Suite struct AttentionKernelTests {
  static let variants = (0..<sk_variant_count()).map { Int($0) }

  @Test(arguments: variants, [(1, 1, 1), (5, 5, 3), (1, 37, 16), (40, 70, 33), (128, 128, 16), (20, 130, 40)])
  func attentionAgreesWithTheDefinition(variant: Int, extents: (queries: Int, keys: Int, width: Int)) {
    let table = sk_variant(variant).pointee
    let (queries, keys, width) = extents
    var generator = Generator(seed: 6)
    let (queryRow, keyRow, outRow) = (width + 1, 2 * width, width + 3)
    let q = generator.normalArray([queries * queryRow]).elements.map { 3 * $0 }
    let k = generator.normalArray([keys * keyRow]).elements, v = generator.normalArray([keys * keyRow]).elements
    let mask = generator.bernoulliArray([keys], probability: 0.6).elements
    var scratch = [UInt8](repeating: 0xFF, count: table.attention_scratch(keys, width))
    for isCausal in [false, true] {
      for isMasked in [false, true] {
        let shape = sk_attention(
          queries: queries, keys: keys, width: width, query_row: queryRow, key_row: keyRow, out_row: outRow, scale: 0.4,
          causal: isCausal ? 1 : 0)
        var out = [Float](repeating: 7, count: queries * outRow)
        if isMasked {
          table.attention(&out, q, k, v, shape, mask, &scratch)
        } else {
          table.attention(&out, q, k, v, shape, nil, &scratch)
        }
        var worst = 0.0
        for i in 0..<queries {
          let seen = (0..<keys).filter {
            (!isMasked || mask[$0] > 0) && (!isCausal || $0 <= i + keys - queries)
          }
          let scores = seen.map { j in
            0.4 * (0..<width).reduce(0.0) { $0 + Double(q[i * queryRow + $1]) * Double(k[j * keyRow + $1]) }
          }
          let top = scores.max() ?? 0
          let weights = scores.map { exp($0 - top) }, total = weights.reduce(0, +)
          for c in 0..<width {
            let exact = zip(seen, weights).reduce(0.0) { $0 + $1.1 / total * Double(v[$1.0 * keyRow + c]) }
            worst = max(worst, (Double(out[i * outRow + c]) - (seen.isEmpty ? 0 : exact)).magnitude)
          }
          for c in width..<outRow { #expect(out[i * outRow + c] == 7) }
        }
        #expect(worst < 1e-5, "\(extents), causal \(isCausal), masked \(isMasked): \(worst)")
      }
    }
  }

  /// What is not a number reaches every result that it takes part in.
  @Test(arguments: variants) func notANumberIsNotHidden(variant: Int) {
    let table = sk_variant(variant).pointee
    var generator = Generator(seed: 6)
    let (rows, width) = (21, 5)
    let shape = sk_attention(
      queries: rows, keys: rows, width: width, query_row: width, key_row: width, out_row: width, scale: 1, causal: 0)
    var scratch = [UInt8](repeating: 0, count: table.attention_scratch(rows, width))
    for operand in 0..<3 {
      var operands = (0..<3).map { _ in generator.normalArray([rows * width]).elements }
      operands[operand][7 * width + 2] = .nan
      var out = [Float](repeating: 0, count: rows * width)
      table.attention(&out, operands[0], operands[1], operands[2], shape, nil, &scratch)
      for row in 0..<rows {
        let isHit = (0..<width).contains { out[row * width + $0].isNaN }
        #expect(isHit == (operand > 0 || row == 7), "operand \(operand), row \(row)")
      }
    }
  }

  /// The greatest of enormous scores takes everything.
  @Test(arguments: variants) func enormousScoresStayNumbers(variant: Int) {
    let table = sk_variant(variant).pointee
    let shape = sk_attention(
      queries: 1, keys: 3, width: 1, query_row: 1, key_row: 1, out_row: 1, scale: 1, causal: 0)
    var scratch = [UInt8](repeating: 0, count: table.attention_scratch(3, 1))
    for size: Float in [1e4, 1e8, 1e12, 1e17, 1e30] {
      var out: [Float] = [7]
      table.attention(&out, [size], [1.2, 1.2345, 1.1], [1, 2, 3], shape, nil, &scratch)
      #expect(out == [2])
    }
  }

  @Test(arguments: variants) func errorsAreWeighedByTheMask(variant: Int) {
    let table = sk_variant(variant).pointee
    var generator = Generator(seed: 8)
    for count in [1, 7, 16, 100, 5000] {
      let x = generator.normalArray([count]).elements, r = generator.normalArray([count]).elements
      let s = generator.normalArray([count]).elements,
        mask = generator.bernoulliArray([count], probability: 0.7).elements
      var (observed, plain, likelihood) = (0.0, 0.0, 0.0)
      for i in 0..<count where mask[i] > 0 {
        let square = (Double(x[i]) - Double(r[i])) * (Double(x[i]) - Double(r[i]))
        observed += 1
        plain += square
        likelihood += Double(s[i]) + square * exp(-Double(s[i]))
      }
      var total = 0.0
      #expect((table.masked_error(x, r, nil, mask, count, &total) - plain).magnitude <= 1e-5 * max(1, plain))
      #expect(total == observed)
      #expect((table.masked_error(x, r, s, mask, count, &total) - likelihood).magnitude <= 1e-5 * max(1, plain))
    }
  }
}
