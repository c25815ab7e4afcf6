internal import CStrataKernels

/// The numbers of one AdamW step.
public struct AdamWStep: Sendable {
  public var learningRate: Float, beta1: Float, beta2: Float, epsilon: Float, weightDecay: Float
  /// How many steps were taken, this one included.
  public var count: Int

  public init(learningRate: Float, beta1: Float, beta2: Float, epsilon: Float, weightDecay: Float, count: Int) {
    (self.learningRate, self.beta1, self.beta2) = (learningRate, beta1, beta2)
    (self.epsilon, self.weightDecay, self.count) = (epsilon, weightDecay, count)
  }
}

/// Moves a parameter by one AdamW step and updates its moments, in one pass over memory.
///
/// Decay is decoupled: the parameter is first multiplied by `1 - learningRate · weightDecay`. The corrections
/// `1 / (1 - βᵗ)` are computed in double precision by multiplication, so no maths library takes part.
///
/// - Precondition: All four arrays have one shape, and `count` is positive.
///
/// Reference: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.
public func adamWUpdate(
  _ parameter: inout NDArray, firstMoment: inout NDArray, secondMoment: inout NDArray, gradient: NDArray,
  _ step: AdamWStep
) {
  for shape in [firstMoment.shape, secondMoment.shape, gradient.shape] {
    require(shape == parameter.shape, "adamWUpdate: shapes \(parameter.shape) and \(shape) differ")
  }
  require(step.count > 0, "adamWUpdate: step \(step.count) is not positive")
  guard parameter.count > 0 else { return }
  let constants = sk_adamw_step(
    rate: step.learningRate, beta1: step.beta1, beta2: step.beta2, epsilon: step.epsilon, decay: step.weightDecay,
    correction1: Float(1 / (1 - power(Double(step.beta1), step.count))),
    correction2: Float(1 / (1 - power(Double(step.beta2), step.count))))
  parameter.withMutableElements { parameter in
    firstMoment.withMutableElements { first in
      secondMoment.withMutableElements { second in
        withExtendedLifetime(gradient) {
          kernels.adamw(
            parameter.baseAddress!, first.baseAddress!, second.baseAddress!, gradient.start, gradient.count, constants)
        }
      }
    }
  }
}

/// `base` to a positive whole power, by repeated squaring.
private func power(_ base: Double, _ exponent: Int) -> Double {
  var (result, square, rest) = (1.0, base, exponent)
  while rest > 0 {
    if rest & 1 == 1 { result *= square }
    square *= square
    rest >>= 1
  }
  return result
}
