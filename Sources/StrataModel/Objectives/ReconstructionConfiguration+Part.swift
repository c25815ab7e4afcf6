import StrataNeural
import StrataTelemetry
import StrataTensor

extension ReconstructionConfiguration {
  /// Adds, per layer of the batch, the losses over observed samples, hidden and visible ones apart.
  func addTerms(to terms: inout JointTerms, of output: JointOutput, _ batch: WindowBatch, hiding: [NDArray]?) {
    for (index, windows) in batch.layers.enumerated() {
      guard let place = output.layers.firstIndex(where: { $0.layer == windows.layer }) else { continue }
      let hidden = hiding.map { windows.mask * windows.expandedHiding($0[index]) }
      let visible = hidden.map { windows.mask - $0 } ?? windows.mask
      if let hidden, self.hidden > 0 {
        terms.layers[place].hidden = term(of: output.layers[place], windows.values, mask: hidden)
      }
      if self.visible > 0 {
        terms.layers[place].visible = term(of: output.layers[place], windows.values, mask: visible)
      }
    }
  }

  /// The mean over layers of the loss over observed samples, hidden and visible ones weighed apart.
  func part(of terms: JointTerms) -> ObjectivePart {
    let losses = terms.layers.compactMap { layer -> (name: String, value: Tensor)? in
      let means = [(layer.hidden, hidden), (layer.visible, visible)].compactMap { term, weight -> Tensor? in
        term?.mean.map { weight == 1 ? $0 : $0 * weight }
      }
      return means.first.map { (layer.layer.rawValue, means.dropFirst().reduce($0, +)) }
    }
    return ObjectivePart(
      name: "reconstruction", weight: weight, value: mean(of: losses.map(\.value)),
      details: losses.map { ($0.name, $0.value.value.scalar) })
  }

  private func term(of output: LayerOutput, _ values: NDArray, mask: NDArray) -> MeanTerm {
    let count = mask.total
    return count > 0 ? MeanTerm(of: loss(of: output, values, mask: mask), weight: count) : .empty
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
