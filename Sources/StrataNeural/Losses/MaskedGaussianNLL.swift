public import StrataTensor

/// Returns the mean negative log-likelihood of normal distributions over the observed elements.
///
/// Per element `½·(s + (x − μ)²·e⁻ˢ)` with the log-variance `s`; the constant `½·log 2π` is left out.
///
/// - Parameters:
///   - mean: The expected values `μ`, of any shape.
///   - logVariance: The logarithms `s` of the variances, in the same shape; keep them within about ±20.
///   - target: The measured values `x`, in the same shape.
///   - mask: One where `target` was observed and zero where it is missing; the shape of `target` or of its leading axes.
/// - Returns: A tensor of shape `[1]`; zero when nothing was observed.
///
/// Reference: Nix and Weigend, "Estimating the mean and variance of the target probability distribution", 1994.
public func maskedGaussianNLL(mean: Tensor, logVariance: Tensor, target: Tensor, mask: NDArray) -> Tensor {
  require(
    mean.shape == target.shape && logVariance.shape == target.shape,
    "maskedGaussianNLL: mean \(mean.shape), log-variance \(logVariance.shape) and target \(target.shape) differ")
  let observation = Observation(mask, of: target.shape, "maskedGaussianNLL")
  let residual = GaussianResidual(
    error: mean.value - target.value, precision: exp(-logVariance.value), observation: observation)
  let value = residual.halfMean(plus: logVariance.value)
  return Tensor(NDArray(scalar: value), "maskedGaussianNLL", from: [mean, logVariance, target]) { upstream, wanted in
    let scale = Float(Double(upstream.scalar) / observation.total)
    return [
      wanted[0] ? residual.gradient(scale) { error, precision in error * precision } : nil,
      wanted[1] ? residual.gradient(scale) { error, precision in (1 - error * error * precision) / 2 } : nil,
      wanted[2] ? residual.gradient(scale) { error, precision in -error * precision } : nil,
    ]
  }
}

/// What mean, variance and target say about every element.
private struct GaussianResidual: Sendable {
  let error: NDArray, precision: NDArray, observation: Observation

  func halfMean(plus logVariance: NDArray) -> Float {
    var sum = 0.0
    error.withElements { error in
      precision.withElements { precision in
        logVariance.withElements { logVariance in
          observation.forEach { i, weight in
            sum += Double(weight * (logVariance[i] + error[i] * error[i] * precision[i]))
          }
        }
      }
    }
    return Float(sum / (2 * observation.total))
  }

  @inline(__always)
  func gradient(_ scale: Float, _ slope: (_ error: Float, _ precision: Float) -> Float) -> NDArray {
    var gradient = NDArray(error.shape, repeating: 0)
    gradient.withMutableElements { gradient in
      error.withElements { error in
        precision.withElements { precision in
          observation.forEach { i, weight in gradient[i] = scale * weight * slope(error[i], precision[i]) }
        }
      }
    }
    return gradient
  }
}
