import StrataNeural
import StrataTensor

extension ContrastConfiguration {
  /// Whether the loss compares embeddings as unit vectors, or before they are made unit vectors.
  var comparesUnitVectors: Bool {
    switch loss {
    case .infoNCE: true
    case .vicReg, .barlowTwins: false
    case .registered(let contrast): contrast.settings.comparesUnitVectors
    }
  }

  /// The mean of the loss over all pairs of views that share at least two windows.
  ///
  /// - Parameters:
  ///   - terms: Those of the whole batch: every other window is a negative.
  ///   - learned: What the model learns of the contrast, if anything.
  ///   - threads: How many threads share the work of a large batch; the result does not depend on it.
  func part(of terms: JointTerms, learned: (any PairContrast)?, threads: Int) -> ObjectivePart {
    let losses = viewPairs(of: terms).compactMap { pair -> Tensor? in
      guard pair.rows?.count ?? terms.count >= 2 else { return nil }
      let (a, b) = (select(pair.a, pair.rows), select(pair.b, pair.rows))
      switch loss {
      case .infoNCE(let configuration):
        return learned.map { $0(a, b, threads: threads) }
          ?? infoNCE(a, b, temperature: configuration.temperature, threads: threads)
      case .vicReg(let weights):
        return vicReg(
          a, b, invariance: weights.invariance, variance: weights.variance, covariance: weights.covariance)
      case .barlowTwins(let configuration):
        return barlowTwins(a, b, redundancy: configuration.redundancy)
      case .registered:
        guard let learned else {
          fatalError("JointObjective: the model was built without the contrast of the objective")
        }
        return learned(a, b, threads: threads)
      }
    }
    return ObjectivePart(name: "contrast", weight: weight, value: mean(of: losses))
  }

  /// Pairs in the order of the layers, the joint embedding last, and the windows both views exist for.
  private func viewPairs(of terms: JointTerms) -> [(a: Tensor, b: Tensor, rows: [Int]?)] {
    let layers = terms.layers.compactMap(\.contrasted)
    var result: [(a: Tensor, b: Tensor, rows: [Int]?)] = []
    for first in layers.indices {
      if pairs != .joint {
        for second in first + 1..<layers.count {
          result.append((layers[first], layers[second], terms.windows(having: [first, second])))
        }
      }
      if pairs != .layers, let joint = terms.joint {
        result.append((layers[first], joint, terms.windows(having: [first])))
      }
    }
    return result
  }
}
