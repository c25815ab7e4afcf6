import StrataModel
import StrataTensor

/// What the layers of some windows offer to a fusion.
struct LayerRows {
  let windows: Int
  /// Shape `[window, layer, width]`.
  let pooled: UnsafePointer<Float>
  /// Unit vectors of shape `[window, layer, latent]`; only set for a fusion that reads them.
  let embeddings: UnsafePointer<Float>
  /// Features of every layer of a single window, of shape `[layer, time, width]`; only set for a fusion that reads them.
  let features: UnsafePointer<Float>
  /// One where a layer takes part, else zero; shape `[window, layer]`.
  let presence: UnsafePointer<Float>
  let time: Int
}

/// A fusion with packed weights, for some windows at a time: the weights are read once for all of them.
protocol FrozenFusion: Sendable {
  /// Whether it reads more than the pooled features.
  var readsEmbeddings: Bool { get }
  var readsFeatures: Bool { get }

  /// The floats of scratch memory for up to `windows` windows of `time` samples.
  func scratchCount(windows: Int, time: Int) -> Int

  /// Writes the joint embeddings, not yet of unit length, of shape `[window, latent]`.
  func apply(_ layers: LayerRows, to joint: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>)
}

extension FrozenFusion {
  var readsEmbeddings: Bool { false }
  var readsFeatures: Bool { false }
}

extension LayerFusion {
  /// The same fusion with packed weights; `nil` for a type that has no frozen form.
  func frozen(layers: Int, latent: Int, _ packing: inout Packing) -> (any FrozenFusion)? {
    switch self {
    case let fusion as GatedFusion: FrozenGatedFusion(fusion, packing)
    case is LateFusion: FrozenLateFusion(layers: layers, latent: latent)
    case let fusion as CrossAttentionFusion: FrozenCrossAttentionFusion(fusion, &packing)
    case let fusion as BottleneckFusion: FrozenBottleneckFusion(fusion, &packing)
    default: nil
    }
  }
}
