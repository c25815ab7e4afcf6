import StrataTensor

/// Says how far a prediction is from its target, one element at a time.
protocol PointwiseLoss: Sendable {
  static var name: StaticString { get }
  func value(_ prediction: Float, _ target: Float) -> Float
  func slopes(_ prediction: Float, _ target: Float) -> (prediction: Float, target: Float)
}

/// The mean of a pointwise loss over the observed elements, in one pass over memory in either direction.
func maskedMean<Loss: PointwiseLoss>(
  of loss: Loss, prediction: Tensor, target: Tensor, mask: NDArray?
) -> Tensor {
  require(
    prediction.shape == target.shape,
    "\(Loss.name): a prediction of shape \(prediction.shape) does not fit a target of shape \(target.shape)")
  let observation = Observation(mask, of: prediction.shape, Loss.name)
  let (p, t) = (prediction.value, target.value)
  var sum = 0.0
  p.withElements { p in
    t.withElements { t in observation.forEach { i, weight in sum += Double(weight * loss.value(p[i], t[i])) } }
  }
  return Tensor(
    NDArray(scalar: Float(sum / observation.total)), Loss.name, from: [prediction, target]
  ) { upstream, wanted in
    let scale = Float(Double(upstream.scalar) / observation.total)
    return (0..<2).map { operand in
      guard wanted[operand] else { return nil }
      var gradient = NDArray(p.shape, repeating: 0)
      gradient.withMutableElements { gradient in
        p.withElements { p in
          t.withElements { t in
            observation.forEach { i, weight in
              let slopes = loss.slopes(p[i], t[i])
              gradient[i] = scale * weight * (operand == 0 ? slopes.prediction : slopes.target)
            }
          }
        }
      }
      return gradient
    }
  }
}
