import StrataTensor
import TestSupport
import Testing

/// Expects that an operation has the value and the gradients of its parts, up to rounding.
///
/// - Parameter x: Decides the shape of the result.
func expectSame<Operands: Module>(
  _ fused: (Operands) -> Tensor, as composed: (Operands) -> Tensor, at operands: Operands, x: Tensor, tolerance: Float
) {
  expectClose(fused(operands).value, composed(operands).value, relative: tolerance, absolute: tolerance)
  for (one, other) in zip(gradients(of: fused, at: operands, x), gradients(of: composed, at: operands, x)) {
    let scale = other.elements.map(\.magnitude).max()!
    expectClose(one, other, relative: 1e-5, absolute: 1e-5 * max(scale, 1))
  }
}

/// Expects that rounding products changes the value and the gradients of an operation, and not much.
func expectNear<Operands: Module>(
  _ rounded: (Operands) -> Tensor, to exact: (Operands) -> Tensor, at operands: Operands, x: Tensor
) {
  let far = distance(rounded(operands).value, exact(operands).value)
  #expect(far > 1e-5 && far < 0.01)
  for (one, other) in zip(gradients(of: rounded, at: operands, x), gradients(of: exact, at: operands, x)) {
    #expect(distance(one, other) < 0.03)
  }
}

/// The gradients of the sum of a result with random weights.
private func gradients<Operands: Module>(
  of operation: (Operands) -> Tensor, at operands: Operands, _ x: Tensor
) -> [NDArray] {
  var generator = Generator(seed: 4)
  let weights = Tensor(generator.normalArray(x.shape))
  return parameters(of: valueAndGradient(at: operands) { (operation($0) * weights).sum() }.gradient)
}

/// The length of the difference of two arrays, relative to that of the second.
private func distance(_ one: NDArray, _ other: NDArray) -> Double {
  let pairs = zip(one.elements, other.elements).map { (Double($0), Double($1)) }
  let difference = pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  return (difference / pairs.reduce(0) { $0 + $1.1 * $1.1 }).squareRoot()
}
