public import StrataTensor

/// Returns the supervised contrastive loss: embeddings of one class are drawn together, all others apart.
///
/// For each anchor the mean, over the others of its class, of their negative log-probability among all others (`L_out`
/// of the paper, without the factor that the authors' code puts in front: the temperature over a base temperature). An
/// anchor alone in its class adds zero to the mean, as in that code.
///
/// - Parameters:
///   - z: Embeddings of shape `[count, width]`, usually unit vectors; views of one thing are separate rows.
///   - labels: The class of each row.
///   - temperature: What similarities are divided by; positive.
/// - Returns: A tensor of shape `[1]`.
///
/// Reference: Khosla et al., "Supervised Contrastive Learning", NeurIPS 2020.
public func supervisedContrastive(_ z: Tensor, labels: [Int], temperature: Float = 0.07) -> Tensor {
  require(
    z.shape.rank == 2 && z.shape[0] == labels.count,
    "supervisedContrastive: \(labels.count) labels do not fit embeddings of shape \(z.shape)")
  require(temperature > 0, "supervisedContrastive: the temperature \(temperature) is not positive")
  let count = labels.count
  let sizes = Dictionary(labels.map { ($0, 1) }, uniquingKeysWith: +)
  let weights = NDArray([count, count]) { weights in
    for row in 0..<count {
      let share = 1 / Float(count * max(sizes[labels[row]]! - 1, 1))
      for column in 0..<count {
        weights[row * count + column] = row != column && labels[row] == labels[column] ? share : 0
      }
    }
  }
  return selfContrast(z.reshaped([1, count, z.shape[1]]), temperature: temperature, weights: weights)
}
