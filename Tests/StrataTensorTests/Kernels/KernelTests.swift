import CStrataKernels
import Foundation
import StrataTensor
import Testing

/// Every variant against definitions in double precision, at lengths around its vector width.
@Suite struct KernelTests {
  static let lengths = [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 1000]
  static let variants = (0..<sk_variant_count()).map { Int($0) }

  private func table(_ variant: Int) -> sk_table { sk_variant(variant).pointee }

  private func sample(_ count: Int, _ range: Range<Float> = -3..<3, seed: UInt64 = 1) -> [Float] {
    var generator = Generator(seed: seed &+ UInt64(count))
    return generator.uniformArray([count], in: range).elements
  }

  private func expectNear(
    _ actual: [Float], _ expected: [Double], relative: Double = 4e-7, absolute: Double = 1e-37, _ comment: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for (i, (x, y)) in zip(actual, expected).enumerated() {
      let isNear = (Double(x) - y).magnitude <= absolute + relative * y.magnitude
      #expect(isNear, "\(comment)[\(i)] = \(x), expected \(y)", sourceLocation: sourceLocation)
    }
    #expect(actual.count == expected.count, sourceLocation: sourceLocation)
  }

  private func mapped(_ kernel: sk_map, _ x: [Float]) -> [Float] {
    var out = [Float](repeating: .nan, count: x.count)
    kernel(&out, x, x.count)
    return out
  }

  private static func phi(_ x: Double) -> Double { 0.5 * erfc(-x * 0.5.squareRoot()) }
  private static func density(_ x: Double) -> Double { exp(-x * x / 2) / (2 * Double.pi).squareRoot() }
  private static func gate(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  /// Accuracy over the whole range: relative, also where results are tiny.
  @Test(arguments: variants) func elementaryFunctionsAreAccurate(variant: Int) {
    let table = table(variant)
    let wide = (0..<20_000).map { -87 + 175 * Float($0) / 20_000 }
    let middle = (0..<20_000).map { -12 + 24 * Float($0) / 20_000 }
    let positive = (0..<20_000).map { Float(pow(10, -38 + 76 * Double($0) / 20_000)) } + sample(5000, 0.5..<2)
    func check(_ name: String, _ kernel: sk_map, _ x: [Float], _ definition: (Double) -> Double) {
      expectNear(mapped(kernel, x), x.map { definition(Double($0)) }, "\(name) (variant \(variant))")
    }
    check("exp", table.exp, wide) { exp($0) }
    check("log", table.log, positive) { log($0) }
    check("tanh", table.tanh, middle) { tanh($0) }
    check("sigmoid", table.sigmoid, wide) { Self.gate($0) }
    check("softplus", table.softplus, wide) { $0 > 0 ? $0 + log1p(exp(-$0)) : log1p(exp($0)) }
    check("silu", table.silu, wide) { $0 * Self.gate($0) }
    check("gelu", table.gelu, middle) { $0 * Self.phi($0) }
    check("relu", table.relu, wide) { max($0, 0) }
  }

  @Test(arguments: variants, lengths) func everyLengthIsComputedWhole(variant: Int, count: Int) {
    let table = table(variant)
    let x = sample(count), g = sample(count, seed: 2)
    let (wide, slope) = (x.map(Double.init), g.map(Double.init))
    func check(_ name: String, _ kernel: sk_map, within relative: Double = 4e-7, _ definition: (Double) -> Double) {
      expectNear(mapped(kernel, x), wide.map(definition), relative: relative, "\(name)")
    }
    func checkSlope(_ name: String, _ kernel: sk_slope, _ definition: (Double) -> Double) {
      var out = [Float](repeating: .nan, count: count)
      kernel(&out, g, x, count)
      expectNear(out, zip(slope, wide).map { $0 * definition($1) }, relative: 1e-6, absolute: 2e-6, "\(name)")
    }
    check("exp", table.exp) { exp($0) }
    check("tanh", table.tanh) { tanh($0) }
    check("gelu", table.gelu) { $0 * Self.phi($0) }
    // Its argument, a cubic of up to ±5, is rounded before the exponential.
    check("gelu tanh", table.gelu_tanh, within: 1.5e-6) {
      0.5 * $0 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
    }
    checkSlope("tanh slope", table.tanh_slope_of_value) { 1 - $0 * $0 }
    checkSlope("sigmoid slope", table.sigmoid_slope_of_value) { $0 * (1 - $0) }
    checkSlope("softplus slope", table.softplus_slope) { Self.gate($0) }
    checkSlope("silu slope", table.silu_slope) { Self.gate($0) * (1 + $0 * (1 - Self.gate($0))) }
    checkSlope("gelu slope", table.gelu_slope) { Self.phi($0) + $0 * Self.density($0) }
    checkSlope("relu slope", table.relu_slope_of_value) { $0 > 0 ? 1 : 0 }
    checkSlope("gelu tanh slope", table.gelu_tanh_slope) { x in
      let c = (2 / Double.pi).squareRoot(), t = tanh(c * (x + 0.044715 * x * x * x))
      return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * c * (1 + 3 * 0.044715 * x * x)
    }
    var y = g
    table.axpy(&y, 0.5, x, count)
    expectNear(y, zip(slope, wide).map { $0 + 0.5 * $1 }, absolute: 1e-6, "axpy")
    expectNear([Float(table.sum(x, count))], [wide.reduce(0, +)], absolute: 1e-6, "sum")
    expectNear(
      [Float(table.dot(x, g, count))], [zip(wide, slope).reduce(0) { $0 + $1.0 * $1.1 }], absolute: 1e-6, "dot")
  }

  @Test(arguments: variants) func operandsRepeatAlongRowsAndColumns(variant: Int) {
    let table = table(variant)
    let (rows, columns) = (3, 21)
    let a = sample(rows * columns), b = sample(rows * columns, 1..<2)
    let strides = [(columns, 1), (0, 1), (1, 0), (0, 0)]
    for (leftRow, leftColumn) in strides {
      for (rightRow, rightColumn) in strides {
        for (name, kernel, definition) in [
          ("add", table.add, { $0 + $1 }), ("subtract", table.subtract, { $0 - $1 }),
          ("multiply", table.multiply, { $0 * $1 }),
          ("divide", table.divide, { $0 / $1 }), ("maximum", table.maximum, { max($0, $1) }),
          ("minimum", table.minimum, { min($0, $1) }),
        ] as [(String, sk_combine, (Float, Float) -> Float)] {
          var out = [Float](repeating: .nan, count: rows * columns)
          a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
              kernel(
                &out, sk_operand(start: a.baseAddress!, row: leftRow, column: leftColumn),
                sk_operand(start: b.baseAddress!, row: rightRow, column: rightColumn), rows, columns)
            }
          }
          let expected = (0..<rows * columns).map { place in
            let (row, column) = place.quotientAndRemainder(dividingBy: columns)
            return definition(a[row * leftRow + column * leftColumn], b[row * rightRow + column * rightColumn])
          }
          #expect(out == expected, "\(name) (variant \(variant))")
        }
      }
    }
  }

  @Test(arguments: variants, [1, 2, 7, 16, 17, 63, 65]) func rowsAreReduced(variant: Int, width: Int) {
    let table = table(variant)
    let rows = 9
    let x = sample(rows * width, -20..<20)
    let wide = (0..<rows).map { x[$0 * width..<($0 + 1) * width].map(Double.init) }
    var sums = [Float](repeating: .nan, count: rows), columns = [Float](repeating: .nan, count: width)
    table.sum_rows(&sums, x, rows, width, 0.5)
    expectNear(sums, wide.map { $0.reduce(0, +) / 2 }, absolute: 1e-5, "sum_rows")
    table.sum_columns(&columns, x, rows, width, 2)
    var greatest = [Float](repeating: .nan, count: rows)
    table.max_rows(&greatest, x, rows, width)
    #expect(greatest == wide.map { Float($0.max()!) })
    expectNear(columns, (0..<width).map { i in 2 * wide.reduce(0) { $0 + $1[i] } }, absolute: 1e-5, "sum_columns")
    let logs = wide.map { row in row.max()! + log(row.reduce(0) { $0 + exp($1 - row.max()!) }) }
    var out = [Float](repeating: .nan, count: rows * width)
    table.softmax(&out, x, rows, width)
    expectNear(out, zip(wide, logs).flatMap { row, total in row.map { exp($0 - total) } }, relative: 4e-6, "softmax")
    var inPlace = x
    inPlace.withUnsafeMutableBufferPointer { table.softmax($0.baseAddress!, $0.baseAddress!, rows, width) }
    #expect(inPlace == out)
    table.log_softmax(&out, x, rows, width)
    expectNear(out, zip(wide, logs).flatMap { row, total in row.map { $0 - total } }, absolute: 3e-6, "log_softmax")
    table.log_sum_exp(&sums, x, rows, width)
    expectNear(sums, logs, absolute: 2e-6, "log_sum_exp")
  }

  @Test(arguments: variants, lengths) func optimiserStepsFollowTheDefinition(variant: Int, count: Int) {
    let table = table(variant)
    var (p, m, v) = (sample(count), sample(count, seed: 2), sample(count, 0..<1, seed: 3))
    let g = sample(count, seed: 4)
    let step = sk_adamw_step(
      rate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, decay: 0.01, correction1: 10, correction2: 100)
    let expected = (0..<count).map { i -> (Double, Double, Double) in
      let g = Double(g[i])
      let mean = 0.9 * Double(m[i]) + 0.1 * g, variance = 0.99 * Double(v[i]) + 0.01 * g * g
      let rate = 0.1 * (mean * 10) / ((variance * 100).squareRoot() + 1e-8)
      return (Double(p[i]) * (1 - 0.001) - rate, mean, variance)
    }
    table.adamw(&p, &m, &v, g, count, step)
    expectNear(p, expected.map(\.0), relative: 1e-6, absolute: 1e-6, "parameter")
    expectNear(m, expected.map(\.1), relative: 1e-6, absolute: 1e-6, "mean")
    expectNear(v, expected.map(\.2), relative: 1e-6, absolute: 1e-6, "variance")
  }

  /// All variants drop the same elements: the pattern is integer arithmetic.
  @Test(arguments: lengths) func dropoutDoesNotDependOnTheVariant(count: Int) {
    let x = sample(count, 1..<2)
    let results = Self.variants.map { variant in
      var out = [Float](repeating: .nan, count: count)
      table(variant).dropout(&out, x, count, 12345, 0x9E37_79B9_7F4A_7C15, UInt64(0.75 * 0x1p32), 4 / 3)
      return out
    }
    #expect(results.allSatisfy { $0 == results[0] })
    #expect(zip(results[0], x).allSatisfy { $0 == 0 || $0 == $1 * (4 / 3) })
    if count == 1000 { #expect((200...300).contains(results[0].filter { $0 == 0 }.count)) }
  }

  @Test func widestVariantsKeepSpecialValues() {
    for variant in Self.variants {
      let table = table(variant)
      let special: [Float] = [.infinity, -.infinity, .nan, 0, -0.0, 88.8, -88, 0x1p-133]
      let x = special + special + special
      let e = mapped(table.exp, x)
      #expect(e[0] == .infinity && e[1] == 0 && e[2].isNaN && e[3] == 1 && e[4] == 1 && e[5] == .infinity && e[6] == 0)
      let l = mapped(table.log, x)
      #expect(l[0] == .infinity && l[1].isNaN && l[2].isNaN && l[3] == -.infinity && l[4] == -.infinity)
      expectNear([l[7]], [log(0x1p-133)], "log of a subnormal number")
      let t = mapped(table.tanh, x)
      #expect(t[0] == 1 && t[1] == -1 && t[2].isNaN && t[3] == 0)
    }
  }
}
