import CStrataKernels
import StrataTensor
import Testing

/// Every variant's normalisations of rows against definitions in double precision.
@Suite struct NormKernelTests {
  static let variants = (0..<sk_variant_count()).map { Int($0) }
  private let rows = 5

  /// A row's bits do not depend on the rows beside it, forward or backward.
  @Test(arguments: variants, [5, 16, 24, 64, 100, 1030])
  func rowsAreNormalisedAlone(variant: Int, width: Int) {
    let table = sk_variant(variant).pointee, rows = 37
    var generator = Generator(seed: UInt64(width))
    let x = generator.normalArray([rows * width], mean: 1).elements, g = generator.normalArray([rows * width]).elements
    let scale = generator.normalArray([width]).elements, shift = generator.normalArray([width]).elements
    func normalised(_ range: Range<Int>) -> (y: [Float], dx: [Float]) {
      let places = range.lowerBound * width..<range.upperBound * width
      var y = [Float](repeating: .nan, count: places.count), dx = y
      var means = [Float](repeating: .nan, count: range.count), reciprocals = means
      var dscale = [Double](repeating: 0, count: width), dshift = dscale
      table.layer_norm(&y, &means, &reciprocals, Array(x[places]), scale, shift, range.count, width, 1e-5)
      table.layer_norm_slope(
        &dx, &dscale, &dshift, Array(g[places]), Array(x[places]), means, reciprocals, scale, range.count, width)
      return (y, dx)
    }
    let whole = normalised(0..<rows)
    for range in [0..<1, 3..<5, 10..<26, 20..<37] {
      let (part, places) = (normalised(range), range.lowerBound * width..<range.upperBound * width)
      #expect(part.y == Array(whole.y[places]) && part.dx == Array(whole.dx[places]))
    }
  }

  @Test(arguments: variants, [1, 3, 8, 15, 16, 17, 33, 64, 65])
  func rowsAreNormalised(variant: Int, width: Int) {
    let table = sk_variant(variant).pointee
    var generator = Generator(seed: UInt64(width))
    let x = generator.normalArray([rows * width], mean: 1).elements, g = generator.normalArray([rows * width]).elements
    let scale = generator.normalArray([width]).elements, shift = generator.normalArray([width]).elements
    let epsilon: Float = 1e-3
    var expected = (
      y: [Double](), dx: [Double](), rms: [Double](), rmsdx: [Double](), unit: [Double](), unitdx: [Double]()
    )
    var dscale = [Double](repeating: 0, count: width), dshift = dscale, rmsdscale = dscale
    for row in 0..<rows {
      let r = x[row * width..<(row + 1) * width].map(Double.init),
        u = g[row * width..<(row + 1) * width].map(Double.init)
      let s = scale.map(Double.init), n = Double(width)
      let mean = r.reduce(0, +) / n
      let deviation = (r.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n + Double(epsilon)).squareRoot()
      let y = r.map { ($0 - mean) / deviation }
      let total = zip(u, s).reduce(0) { $0 + $1.0 * $1.1 } / n
      let along = (0..<width).reduce(0) { $0 + u[$1] * s[$1] * y[$1] } / n
      let root = (r.reduce(0) { $0 + $1 * $1 } / n + Double(epsilon)).squareRoot(), z = r.map { $0 / root }
      let rmsAlong = (0..<width).reduce(0) { $0 + u[$1] * s[$1] * z[$1] } / n
      let norm = r.reduce(0) { $0 + $1 * $1 }.squareRoot(), e = r.map { $0 / norm }
      let unitAlong = zip(u, e).reduce(0) { $0 + $1.0 * $1.1 }
      for i in 0..<width {
        expected.y.append(y[i] * s[i] + Double(shift[i]))
        expected.dx.append((u[i] * s[i] - total - y[i] * along) / deviation)
        expected.rms.append(z[i] * s[i])
        expected.rmsdx.append((u[i] * s[i] - z[i] * rmsAlong) / root)
        expected.unit.append(e[i])
        expected.unitdx.append((u[i] - e[i] * unitAlong) / norm)
        dscale[i] += u[i] * y[i]
        dshift[i] += u[i]
        rmsdscale[i] += u[i] * z[i]
      }
    }
    var out = [Float](repeating: .nan, count: x.count), kept = [Float](repeating: .nan, count: rows), means = kept
    var sums = [Double](repeating: 0, count: width), others = sums
    table.layer_norm(&out, &means, &kept, x, scale, shift, rows, width, epsilon)
    expectNear(out, expected.y, "layer norm")
    table.layer_norm_slope(&out, &sums, &others, g, x, means, kept, scale, rows, width)
    expectNear(out, expected.dx, "layer norm gradient")
    expectNear(sums.map { Float($0) }, dscale, "gradient of the scale")
    expectNear(others.map { Float($0) }, dshift, "gradient of the shift")
    sums = [Double](repeating: 0, count: width)
    table.rms_norm(&out, &kept, x, scale, rows, width, epsilon)
    expectNear(out, expected.rms, "RMS norm")
    table.rms_norm_slope(&out, &sums, g, x, kept, scale, rows, width)
    expectNear(out, expected.rmsdx, "RMS norm gradient")
    expectNear(sums.map { Float($0) }, rmsdscale, "gradient of the RMS scale")
    table.l2_normalize(&out, &kept, x, rows, width, 1e-12)
    expectNear(out, expected.unit, "unit rows")
    let unit = out
    table.l2_normalize_slope(&out, g, unit, kept, rows, width, 1e-12)
    expectNear(out, expected.unitdx, "gradient of unit rows")
  }

  private func expectNear(_ actual: [Float], _ expected: [Double], _ comment: String) {
    let scale = expected.reduce(1) { max($0, $1.magnitude) }
    let worst = zip(actual, expected).reduce(0) { max($0, (Double($1.0) - $1.1).magnitude) }
    #expect(actual.count == expected.count && worst <= 3e-6 * scale, "\(comment): \(worst) of \(scale)")
  }
}
