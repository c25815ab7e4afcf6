public import StrataTensor
public import Testing

/// Expects arrays of one shape whose elements differ by at most `absolute + relative · |expected|`; not a number equals
/// itself and infinities equal themselves.
public func expectClose(
  _ actual: NDArray, _ expected: NDArray, relative: Float = 1e-5, absolute: Float = 1e-6,
  _ comment: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual.shape == expected.shape else {
    Issue.record("\(comment()) shapes \(actual.shape) and \(expected.shape) differ", sourceLocation: sourceLocation)
    return
  }
  var worst: (index: Int, excess: Float)?
  for (i, (x, y)) in zip(actual.elements, expected.elements).enumerated() {
    if x == y || (x.isNaN && y.isNaN) { continue }
    let excess = (x - y).magnitude - (absolute + relative * y.magnitude)
    if !(excess <= worst?.excess ?? 0) { worst = (i, excess.isNaN ? .infinity : excess) }
  }
  guard let worst else { return }
  Issue.record(
    "\(comment()) element \(worst.index) of \(actual.shape): \(actual.elements[worst.index]), expected \(expected.elements[worst.index])",
    sourceLocation: sourceLocation)
}

/// Expects numbers that differ by at most `absolute + relative · |expected|`.
public func expectClose(
  _ actual: Double, _ expected: Double, relative: Double = 1e-9, absolute: Double = 1e-12,
  _ comment: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  let isClose = actual == expected || (actual - expected).magnitude <= absolute + relative * expected.magnitude
  #expect(isClose, "\(comment()) \(actual), expected \(expected)", sourceLocation: sourceLocation)
}

/// Expects lists of numbers that differ element by element by at most `absolute + relative · |expected|`.
public func expectClose(
  _ actual: [Double], _ expected: [Double], relative: Double = 1e-9, absolute: Double = 1e-12,
  _ comment: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(actual.count == expected.count, "\(comment()) counts differ", sourceLocation: sourceLocation)
  for (i, (x, y)) in zip(actual, expected).enumerated() {
    expectClose(
      x, y, relative: relative, absolute: absolute, "\(comment()) element \(i):", sourceLocation: sourceLocation)
  }
}
