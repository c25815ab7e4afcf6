import StrataModel
import StrataTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A weighted sum of what the layers offer.
struct FrozenGatedFusion: FrozenFusion {
  private let values: [DenseMap], scores: [DenseMap], output: DenseMap
  private let gates: GatedFusionConfiguration.Gates

  init(_ fusion: GatedFusion, _ precision: Precision) {
    values = fusion.values.map { DenseMap($0, precision) }
    scores = fusion.scores.map { DenseMap($0, .fp32) }
    output = DenseMap(fusion.output, precision)
    gates = fusion.gates
  }

  private var latent: Int { output.inputs }

  func scratchCount(time: Int) -> Int {
    2 * latent + values.count
      + (values + [output]).map { $0.scratchCount(rows: 1, xRow: $0.inputs) }.reduce(0, max)
  }

  func apply(_ rows: LayerRows, to joint: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>) {
    let offer = scratch, mixture = offer + latent, weights = mixture + latent
    let product = weights + values.count
    let width = values[0].inputs
    for layer in values.indices {
      scores[layer].apply(
        rows.pooled + layer * width, row: width, to: weights + layer, row: 1, rows: 1, scratch: product)
    }
    weigh(weights, rows.presence)
    mixture.update(repeating: 0, count: latent)
    for layer in values.indices where weights[layer] > 0 {
      values[layer].apply(
        rows.pooled + layer * width, row: width, to: offer, row: latent, rows: 1, finish: .gelu, scratch: product)
      for index in 0..<latent { mixture[index] += weights[layer] * offer[index] }
    }
    output.apply(mixture, row: latent, to: joint, row: latent, rows: 1, scratch: product)
  }

  /// Turns scores into weights of the layers that are present; zeros when none is.
  private func weigh(_ scores: UnsafeMutablePointer<Float>, _ presence: UnsafePointer<Float>) {
    var (greatest, sum) = (-Float.infinity, Float(0))
    for layer in values.indices where presence[layer] > 0 { greatest = max(greatest, scores[layer]) }
    for layer in values.indices {
      let open = gates == .softmax ? expf(scores[layer] - greatest) : 1 / (1 + expf(-scores[layer]))
      scores[layer] = presence[layer] > 0 ? open : 0
      sum += scores[layer]
    }
    guard sum > 0 else { return }
    for layer in values.indices { scores[layer] /= sum }
  }
}
