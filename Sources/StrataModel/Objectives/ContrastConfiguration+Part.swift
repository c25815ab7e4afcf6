import StrataNeural
import StrataTelemetry
import StrataTensor

extension ContrastConfiguration {
  /// The mean of the loss over all pairs of views that share at least two windows.
  ///
  /// - Parameter learned: The temperature the model learns, if it learns one.
  func part(of output: JointOutput, learned: InfoNCE?) -> ObjectivePart {
    let losses = viewPairs(of: output).compactMap { pair -> Tensor? in
      let rows = pair.rows
      guard rows?.count ?? output.presence.shape[0] >= 2 else { return nil }
      switch loss {
      case .infoNCE(let configuration):
        let (a, b) = (select(pair.a.embedding, rows), select(pair.b.embedding, rows))
        return learned.map { $0(a, b) } ?? infoNCE(a, b, temperature: configuration.temperature)
      case .vicReg(let weights):
        return vicReg(
          select(pair.a.projection, rows), select(pair.b.projection, rows), invariance: weights.invariance,
          variance: weights.variance, covariance: weights.covariance)
      case .barlowTwins(let configuration):
        return barlowTwins(
          select(pair.a.projection, rows), select(pair.b.projection, rows), redundancy: configuration.redundancy)
      }
    }
    return ObjectivePart(name: "contrast", weight: weight, value: mean(of: losses))
  }

  private struct View {
    let embedding: Tensor
    let projection: Tensor
  }

  /// Pairs in the order of the layers, the joint embedding last, and the windows both views exist for.
  private func viewPairs(of output: JointOutput) -> [(a: View, b: View, rows: [Int]?)] {
    let layers = output.layers.map { View(embedding: $0.embedding, projection: $0.projection) }
    let joint = View(embedding: output.joint, projection: output.jointProjection)
    var result: [(a: View, b: View, rows: [Int]?)] = []
    for first in layers.indices {
      if pairs != .joint {
        for second in first + 1..<layers.count {
          result.append((layers[first], layers[second], output.windows(having: [first, second])))
        }
      }
      if pairs != .layers { result.append((layers[first], joint, output.windows(having: [first]))) }
    }
    return result
  }
}
