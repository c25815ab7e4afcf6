import Strata

/// The models of the race, in the sizes of the reference implementation.
enum ReferenceModel: String, Decodable {
  case smallTCN = "small-tcn"
  case smallTransformer = "small-tf"
  case baseTransformer = "base-tf"

  var configuration: ModelConfiguration {
    ModelConfiguration(
      inputs: [.value], encoder: encoder, embedding: EmbeddingConfiguration(latent: 128, hidden: 128),
      fusion: .bottleneck(AttentionFusionConfiguration(heads: 4, hidden: 512)), modalityDropout: 0,
      decoder: DecoderConfiguration(),
      objective: ObjectiveConfiguration(
        hiding: HidingConfiguration(steps: 0.3), reconstruction: ReconstructionConfiguration(),
        contrast: ContrastConfiguration(loss: .infoNCE(InfoNCEConfiguration()))))
  }

  /// How many windows of a batch are trained on at once: what one thread keeps in its fast caches.
  var slice: Int { self == .baseTransformer ? 1 : 8 }

  private var encoder: EncoderConfiguration {
    switch self {
    case .smallTCN: .temporalConvolution(TemporalConvolutionConfiguration(width: 64, depth: 4))
    case .smallTransformer: .patchTransformer(PatchTransformerConfiguration(width: 64, depth: 2, heads: 4, hidden: 256))
    case .baseTransformer:
      .patchTransformer(PatchTransformerConfiguration(width: 256, depth: 4, heads: 8, hidden: 1024))
    }
  }
}
