import StrataModel
import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A weighted sum of what the layers offer.
struct FrozenGatedFusion: FrozenFusion {
  private let values: [DenseMap], scores: [DenseMap], output: DenseMap
  private let gates: GatedFusionConfiguration.Gates

  init(_ fusion: GatedFusion, _ packing: Packing) {
    values = fusion.values.map { DenseMap($0, packing.sensitive) }
    scores = fusion.scores.map { DenseMap($0) }
    output = DenseMap(fusion.output, packing.sensitive)
    gates = fusion.gates
  }

  private var latent: Int { output.inputs }

  func scratchCount(windows: Int, time: Int) -> Int {
    let layers = values.count, width = values[0].inputs
    let maps = values.map { $0.scratchCount(rows: windows, xRow: layers * width) }
    return windows * (2 * latent + layers) + max(maps.reduce(0, max), output.scratchCount(rows: windows, xRow: latent))
  }

  func apply(_ rows: LayerRows, to joint: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>) {
    let count = rows.windows, layers = values.count, width = values[0].inputs
    let offer = scratch, mixture = offer + count * latent, weights = mixture + count * latent
    let product = weights + count * layers
    for layer in values.indices {
      scores[layer].apply(
        rows.pooled + layer * width, row: layers * width, to: weights + layer, row: layers, rows: count,
        scratch: product)
    }
    for window in 0..<count { weigh(weights + window * layers, rows.presence + window * layers) }
    mixture.update(repeating: 0, count: count * latent)
    for layer in values.indices {
      values[layer].apply(
        rows.pooled + layer * width, row: layers * width, to: offer, row: latent, rows: count, finish: .gelu,
        scratch: product)
      for window in 0..<count where weights[window * layers + layer] != 0 {
        let weight = weights[window * layers + layer], first = window * latent
        for index in first..<first + latent { mixture[index] += weight * offer[index] }
      }
    }
    output.apply(mixture, row: latent, to: joint, row: latent, rows: count, scratch: product)
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
    guard sum != 0 else { return }
    for layer in values.indices { scores[layer] /= sum }
  }
}
