import StrataTensor

/// The weighted cross-entropy of finding the right others in a group, where nobody may choose itself.
///
/// `−Σᵢⱼ wᵢⱼ · log softmaxⱼ≠ᵢ(zᵢ·zⱼ / temperature)`, averaged over groups. NT-Xent, supervised contrast and both terms of
/// TS2Vec differ only in the groups and the weights.
///
/// - Parameters:
///   - z: Embeddings of shape `[group, member, width]`.
///   - temperature: What similarities are divided by; positive.
///   - weights: Shape `[member, member]`: how much the pair of row and column counts; zero on the diagonal.
func selfContrast(_ z: Tensor, temperature: Float, weights: NDArray) -> Tensor {
  let (groups, members) = (z.shape[0], z.shape[1])
  let similarities = matmul(z, z, transposeB: true)
  let logProbabilities = logSoftmax(similarities.value * (1 / temperature), withoutDiagonalOf: members)
  return Tensor(
    NDArray(scalar: Float(-logProbabilities.weightedSum(weights) / Double(groups))), "selfContrast",
    from: .input(similarities) { upstream in
      let expected = weights.sum(over: [1], keepingAxes: true)
      return (exp(logProbabilities) * expected - weights) * (upstream.scalar / (temperature * Float(groups)))
    })
}

/// Weights under which the first half of a group looks for the second half in the same order, and the other way round.
func pairingWeights(members: Int) -> NDArray {
  let half = members / 2
  var weights = NDArray([members, members], repeating: 0)
  weights.withMutableElements { weights in
    for row in 0..<members { weights[row * members + (row + half) % members] = 1 / Float(members) }
  }
  return weights
}

/// The log-softmax of every row of `[group, member, member]`, in which the diagonal has no probability.
private func logSoftmax(_ logits: NDArray, withoutDiagonalOf members: Int) -> NDArray {
  var masked = logits
  masked.withMutableElements { elements in
    for row in 0..<elements.count / max(members, 1) { elements[row * members + row % members] = -1e30 }
  }
  return logSoftmax(masked)
}

extension NDArray {
  /// The sum of all elements, each times the weight at its place in its matrix.
  fileprivate func weightedSum(_ weights: NDArray) -> Double {
    var sum = 0.0
    withElements { elements in
      weights.withElements { weights in
        for (place, weight) in weights.enumerated() where weight != 0 {
          for i in stride(from: place, to: elements.count, by: weights.count) {
            sum += Double(weight) * Double(elements[i])
          }
        }
      }
    }
    return sum
  }
}
