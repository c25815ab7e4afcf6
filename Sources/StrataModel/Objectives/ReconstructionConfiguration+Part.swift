import StrataNeural
import StrataTelemetry
import StrataTensor

extension ReconstructionConfiguration {
  /// The mean over layers of the loss over observed samples, hidden and visible ones weighed apart.
  func part(of output: JointOutput, _ batch: WindowBatch, hiding: [NDArray]?) -> ObjectivePart {
    var losses: [(layer: TelemetryLayer, value: Tensor)] = []
    for (index, windows) in batch.layers.enumerated() {
      guard let layer = output[windows.layer] else { continue }
      let hidden = hiding.map { windows.mask * windows.expandedHiding($0[index]) }
      let visible = hidden.map { windows.mask - $0 } ?? windows.mask
      let terms = [(hidden, self.hidden), (visible, self.visible)].compactMap { mask, weight -> Tensor? in
        guard let mask, weight > 0, mask.total > 0 else { return nil }
        let loss = loss(of: layer, windows.values, mask: mask)
        return weight == 1 ? loss : loss * weight
      }
      if let first = terms.first { losses.append((windows.layer, terms.dropFirst().reduce(first, +))) }
    }
    return ObjectivePart(
      name: "reconstruction", weight: weight, value: mean(of: losses.map(\.value)),
      details: losses.map { ($0.layer.rawValue, $0.value.value.scalar) })
  }

  private func loss(of output: LayerOutput, _ values: NDArray, mask: NDArray) -> Tensor {
    switch loss {
    case .squaredError:
      return maskedMeanSquaredError(prediction: output.mean, target: Tensor(values), mask: mask)
    case .gaussian:
      guard let logVariance = output.logVariance else {
        fatalError("JointObjective: the gaussian loss needs a decoder with 'logVariance'")
      }
      return maskedGaussianNLL(mean: output.mean, logVariance: logVariance, target: Tensor(values), mask: mask)
    }
  }
}
