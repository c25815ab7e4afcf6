import CStrataKernels
import StrataTensor
import Testing

/// Every variant's matrix product and convolution against sums in double precision.
@Suite struct ProductKernelTests {
  static let variants = (0..<sk_variant_count()).map { Int($0) }

  @Test(arguments: variants, [1, 2, 4, 6, 7, 12, 13, 29])
  func productsAgreeWithTheDefinition(variant: Int, rows: Int) {
    let table = sk_variant(variant).pointee
    var generator = Generator(seed: 1)
    for columns in [1, 3, 4, 8, 9, 15, 16, 17, 31, 32, 33, 40, 64, 70] {
      for (inner, transposeA, transposeB, accumulate) in [
        (1, false, false, false), (5, true, false, true), (19, false, true, false), (300, true, true, true),
        (0, false, false, false),
      ] {
        let a = generator.normalArray([rows * inner]).elements, b = generator.normalArray([columns * inner]).elements
        let before = generator.normalArray([rows * (columns + 2)]).elements
        var c = before
        let padded = (columns + table.panel - 1) / table.panel * table.panel
        var scratch = [Float](repeating: .nan, count: padded * min(inner, table.depth) + 1)
        table.product(
          &c, columns + 2, a, transposeA ? 1 : inner, transposeA ? rows : 1, b, transposeB ? inner : columns,
          transposeB ? 1 : 0, rows, columns, inner, 0.5, nil, accumulate ? 1 : 0, &scratch)
        var worst = 0.0
        for i in 0..<rows {
          for j in 0..<columns + 2 {
            let place = i * (columns + 2) + j
            var exact = j < columns ? (accumulate ? Double(before[place]) : 0) : Double(before[place])
            if j < columns {
              for k in 0..<inner {
                exact +=
                  0.5 * Double(a[transposeA ? k * rows + i : i * inner + k])
                  * Double(b[transposeB ? j * inner + k : k * columns + j])
              }
            }
            worst = max(worst, (Double(c[place]) - exact).magnitude)
          }
        }
        #expect(worst < 4e-5, "[\(rows), \(inner)] by [\(inner), \(columns)] (variant \(variant))")
      }
    }
  }

  /// A row's result does not depend on how many rows are multiplied with it.
  @Test(arguments: variants) func rowsAreIndependentOfTheBatch(variant: Int) {
    let table = sk_variant(variant).pointee
    var generator = Generator(seed: 2)
    let (rows, columns, inner) = (50, 33, 47)
    let a = generator.normalArray([rows * inner]).elements, b = generator.normalArray([inner * columns]).elements
    var scratch = [Float](repeating: 0, count: 2 * table.panel * inner * 4)
    var whole = [Float](repeating: 0, count: rows * columns)
    table.product(&whole, columns, a, inner, 1, b, columns, 0, rows, columns, inner, 1, nil, 0, &scratch)
    for row in 0..<rows {
      var one = [Float](repeating: 0, count: columns)
      let start = Array(a[row * inner..<(row + 1) * inner])
      table.product(&one, columns, start, inner, 1, b, columns, 0, 1, columns, inner, 1, nil, 0, &scratch)
      #expect(one == Array(whole[row * columns..<(row + 1) * columns]))
    }
  }

  @Test(arguments: variants, [0, 3, 300]) func biasesReachEveryRow(variant: Int, inner: Int) {
    let table = sk_variant(variant).pointee
    var generator = Generator(seed: 4)
    for (rows, columns) in [(1, 1), (5, 17), (30, 32), (200, 33)] {
      let a = generator.normalArray([rows, inner]), b = generator.normalArray([inner, columns])
      let bias = generator.normalArray([columns]).elements
      var scratch = [Float](repeating: .nan, count: 4 * table.panel * table.depth)
      var plain = [Float](repeating: 0, count: rows * columns), biased = plain
      table.product(
        &plain, columns, a.elements, inner, 1, b.elements, columns, 0, rows, columns, inner, 1, nil, 0, &scratch)
      table.product(
        &biased, columns, a.elements, inner, 1, b.elements, columns, 0, rows, columns, inner, 1, bias, 0, &scratch)
      let worst = plain.indices.reduce(Float(0)) { max($0, (biased[$1] - plain[$1] - bias[$1 % columns]).magnitude) }
      #expect(worst < 2e-5)
    }
  }

  @Test(
    arguments: variants, [(1, 1, 1, 1), (3, 9, 2, 2), (5, 17, 3, 4), (33, 32, 3, 1), (64, 7, 2, 16), (8, 40, 4, 60)])
  func convolutionsAgreeWithTheDefinition(variant: Int, extents: (inputs: Int, outputs: Int, taps: Int, dilation: Int))
  {
    let table = sk_variant(variant).pointee
    let (batch, time) = (2, 101)
    let (inputs, outputs, taps, dilation) = extents
    var generator = Generator(seed: 3)
    let x = generator.normalArray([batch * time * inputs]).elements,
      g = generator.normalArray([batch * time * outputs]).elements
    let w = generator.normalArray([taps * inputs * outputs]).elements, bias = generator.normalArray([outputs]).elements
    var (y, dx) = (bias.flatMap { _ in [Double]() }, [Double](repeating: 0, count: x.count))
    var dw = [Double](repeating: 0, count: w.count)
    for b in 0..<batch {
      for t in 0..<time {
        for o in 0..<outputs {
          var sum = Double(bias[o])
          let slope = Double(g[(b * time + t) * outputs + o])
          for tap in 0..<taps where t - (taps - 1 - tap) * dilation >= 0 {
            let from = (b * time + t - (taps - 1 - tap) * dilation) * inputs
            for i in 0..<inputs {
              let place = (tap * inputs + i) * outputs + o
              sum += Double(x[from + i]) * Double(w[place])
              dx[from + i] += slope * Double(w[place])
              dw[place] += slope * Double(x[from + i])
            }
          }
          y.append(sum)
        }
      }
    }
    let shape = sk_convolution(
      batch: batch, time: time, inputs: inputs, outputs: outputs, taps: taps, dilation: dilation)
    var scratch = [Float](
      repeating: .nan, count: taps * (max(inputs, outputs, time) + table.panel) * (max(inputs, outputs) + table.panel))
    var out = [Float](repeating: .nan, count: y.count)
    table.convolution(&out, x, w, bias, shape, &scratch)
    expectNear(out, y, "result")
    out = [Float](repeating: .nan, count: dx.count)
    table.convolution_input_slope(&out, g, w, shape, &scratch)
    expectNear(out, dx, "input gradient")
    out = [Float](repeating: .nan, count: dw.count)
    table.convolution_weight_slope(&out, g, x, shape, &scratch)
    expectNear(out, dw, "weight gradient")
  }

  private func expectNear(_ actual: [Float], _ expected: [Double], _ comment: String) {
    let scale = expected.reduce(1) { max($0, $1.magnitude) }
    let worst = zip(actual, expected).reduce(0) { max($0, (Double($1.0) - $1.1).magnitude) }
    #expect(actual.count == expected.count && worst <= 3e-6 * scale, "\(comment): \(worst) of \(scale)")
  }
}
