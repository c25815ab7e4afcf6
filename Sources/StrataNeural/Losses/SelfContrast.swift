#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
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
  let similarities = matmul(z, z, transposeB: true)
  let contrast = SelfContrast(similarities.value, sharpness: 1 / temperature, weights: weights)
  return Tensor(
    NDArray(scalar: Float(contrast.loss)), "selfContrast", from: .input(similarities) { contrast.gradient($0.scalar) })
}

/// Weights under which the first half of a group looks for the second half in the same order, and the other way round.
func pairingWeights(members: Int) -> NDArray {
  let half = members / 2
  return NDArray([members, members]) { weights in
    weights.initialize(repeating: 0)
    for row in 0..<members { weights[row * members + (row + half) % members] = 1 / Float(members) }
  }
}

/// One pass over the similarities in either direction; between them it keeps one number per row.
private struct SelfContrast: Sendable {
  private let similarities: NDArray, weights: NDArray
  private let sharpness: Float
  private let members: Int
  /// What the weights of each row add up to.
  private let rowWeights: [Float]
  /// Per group and row, the logarithm of the sum of exponentials off the diagonal.
  private let logSums: [Float]
  let loss: Double

  init(_ similarities: NDArray, sharpness: Float, weights: NDArray) {
    let (groups, members) = (similarities.shape[0], similarities.shape[1])
    let rowWeights = weights.sum(over: [1]).elements
    var (logSums, loss) = ([Float](repeating: 0, count: groups * members), 0.0)
    similarities.withElements { all in
      weights.withElements { weights in
        for row in 0..<logSums.count {
          let own = row % members
          let logits = UnsafeBufferPointer(rebasing: all[row * members..<(row + 1) * members])
          var greatest = -Float.infinity
          for j in 0..<members where j != own { greatest = max(greatest, sharpness * logits[j]) }
          var (sum, chosen) = (0.0, 0.0)
          for j in 0..<members {
            if j != own { sum += Double(exp(sharpness * logits[j] - greatest)) }
            chosen += Double(weights[own * members + j] * sharpness * logits[j])
          }
          logSums[row] = greatest + Float(log(sum))
          loss += Double(rowWeights[own]) * Double(logSums[row]) - chosen
        }
      }
    }
    (self.similarities, self.weights, self.sharpness, self.members) = (similarities, weights, sharpness, members)
    (self.rowWeights, self.logSums, self.loss) = (rowWeights, logSums, loss / Double(groups))
  }

  func gradient(_ upstream: Float) -> NDArray {
    let scale = upstream * sharpness / Float(similarities.shape[0])
    return NDArray(similarities.shape) { gradient in
      similarities.withElements { similarities in
        weights.withElements { weights in
          for row in 0..<logSums.count {
            let own = row % members
            for j in 0..<members {
              let probability = exp(sharpness * similarities[row * members + j] - logSums[row])
              gradient[row * members + j] = scale * (rowWeights[own] * probability - weights[own * members + j])
            }
            gradient[row * members + own] = 0
          }
        }
      }
    }
  }
}
