import StrataNeural
import StrataTensor

extension HierarchicalConfiguration {
  /// The mean over layers of the hierarchical contrast between two views of the windows in which the layer is present.
  ///
  /// - Parameter secondView: Features of every layer under another hiding, of shape `[batch, time, width]`.
  func part(of output: JointOutput, secondView: [Tensor]) -> ObjectivePart {
    var losses: [Tensor] = []
    for (index, layer) in output.layers.enumerated() {
      let rows = output.windows(having: [index])
      guard rows.map({ !$0.isEmpty }) ?? true else { continue }
      losses.append(
        hierarchicalContrast(select(layer.features, rows), select(secondView[index], rows), alpha: alpha))
    }
    return ObjectivePart(name: "hierarchical", weight: weight, value: mean(of: losses))
  }
}
