#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The kernels of frozen models against sums in double precision, in sizes that fill no vector and no tile.
extension InstallationCheck {
  static func denseMap(_ weights: DenseMapProbe.Weights) -> InstallationCheck {
    var probe = DenseMapProbe(weights, rows: 37, taps: 3, inputs: 21, outputs: 19)
    probe.run()
    let (inputs, outputs) = (probe.inputs, probe.outputs)
    // Of the sum of magnitudes; bfloat16 and int8 have eight digits, and both factors are rounded.
    let tolerance = weights == .fp32 ? 1e-6 : 1 / 200.0
    var worst = 0.0
    for row in 0..<probe.rows {
      for column in 0..<outputs {
        var (exact, magnitude) = (Double(probe.bias[column]), 0.5)
        // The rows that the taps see lie one after another, as the weights of the taps do.
        for index in 0..<probe.taps * inputs {
          let term = Double(probe.x[row * inputs + index]) * Double(probe.weight[index * outputs + column])
          exact += term
          magnitude += abs(term)
        }
        let error = abs(exact - Double(probe.result[row * outputs + column])) / (magnitude * tolerance)
        worst = error.isNaN ? .infinity : max(worst, error)
      }
    }
    return InstallationCheck(
      "dense map, \(weights.rawValue)", remedy: kernelRemedy,
      problem: worst < 1 ? nil : "differs by \(worst) times what rounding explains")
  }

  /// One head in which every second key is hidden.
  static func attention() -> InstallationCheck {
    var probe = AttentionProbe(queries: 11, keys: 37, width: 13, hidesKeys: true)
    probe.run()
    let (keys, width) = (probe.keys, probe.width)
    var worst = 0.0
    for row in 0..<probe.queries {
      let query = probe.query[row * width..<(row + 1) * width]
      let weights = (0..<keys).map { index in
        let key = probe.key[index * width..<(index + 1) * width]
        let score = zip(query, key).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        return Double(probe.mask![index]) * exp(Double(AttentionProbe.scale) * score)
      }
      let total = weights.reduce(0, +)
      for column in 0..<width {
        let exact = (0..<keys).reduce(0.0) { $0 + weights[$1] / total * Double(probe.value[$1 * width + column]) }
        let error = abs(exact - Double(probe.result[row * width + column]))
        worst = error.isNaN ? .infinity : max(worst, error)
      }
    }
    return InstallationCheck(
      "attention", remedy: kernelRemedy, problem: worst < 1e-5 ? nil : "differs by \(worst) from the exact one")
  }
}
