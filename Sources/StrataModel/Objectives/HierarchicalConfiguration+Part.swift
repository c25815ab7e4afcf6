import StrataNeural
import StrataTensor

extension HierarchicalConfiguration {
  /// Adds, per layer, the hierarchical contrast between two views of the windows in which the layer is present.
  ///
  /// It needs the features of every step, which are too many to keep for a whole batch. So the contrast is between the
  /// windows of one slice, and the batch takes the mean over slices, weighted by their windows.
  ///
  /// - Parameter secondView: Features of every layer under another hiding, of shape `[batch, time, width]`.
  func addTerms(to terms: inout JointTerms, of output: JointOutput, secondView: [Tensor]) {
    for (index, layer) in output.layers.enumerated() {
      let rows = terms.windows(having: [index])
      let count = rows?.count ?? terms.count
      terms.layers[index].hierarchical =
        count == 0
        ? .empty
        : MeanTerm(
          of: hierarchicalContrast(select(layer.features, rows), select(secondView[index], rows), alpha: alpha),
          weight: Double(count))
    }
  }

  /// The mean over the layers that were present.
  func part(of terms: JointTerms) -> ObjectivePart {
    ObjectivePart(
      name: "hierarchical", weight: weight, value: mean(of: terms.layers.compactMap { $0.hierarchical?.mean }))
  }
}
