public import StrataModel
public import StrataTelemetry
import StrataTensor

/// A model of fixed sizes, so that its speed is the same work on every machine and in every library.
///
/// Four layers, encoders of each layer, a bottleneck of one token per layer and one for all, and linear decoders, with
/// random weights. The three that have names are also written in PyTorch, JAX and ONNX: see `Benchmarks/peers`.
public struct ReferenceModel: Hashable, Sendable {
  /// What it is called.
  public var name: String
  /// The encoder of every layer; only its own sizes count as work, so it has a patch of one step.
  public var encoder: EncoderConfiguration
  /// How many channels each layer has.
  public var channels: [TelemetryLayer: Int]
  /// How many samples a window has.
  public var windowLength: Int
  /// How many windows of a batch one thread trains on at once: enough to share the packing of weights and the summing of
  /// gradients, and few enough for every thread to get several slices.
  public var slice: Int

  /// The largest slice, up to `slice`, that cuts a batch into at least so many equal parts, or as many as it has windows.
  public func slice(of batch: Int, parts: Int = 1) -> Int {
    (1...max(1, min(slice, batch / parts))).last { batch % $0 == 0 }!
  }

  /// Dilated convolutions of width 64.
  public static let smallTCN = ReferenceModel(
    name: "small-tcn", encoder: .temporalConvolution(TemporalConvolutionConfiguration(width: 64, depth: 4)),
    channels: channels(24, 16, 20, 12), windowLength: 128, slice: 32)
  /// Two transformer blocks of width 64.
  public static let smallTransformer = ReferenceModel(
    name: "small-tf",
    encoder: .patchTransformer(PatchTransformerConfiguration(width: 64, depth: 2, heads: 4, hidden: 256)),
    channels: channels(24, 16, 20, 12), windowLength: 128, slice: 32)
  /// Four transformer blocks of width 256, on longer windows.
  public static let baseTransformer = ReferenceModel(
    name: "base-tf",
    encoder: .patchTransformer(PatchTransformerConfiguration(width: 256, depth: 4, heads: 8, hidden: 1024)),
    channels: channels(64, 48, 64, 32), windowLength: 256, slice: 4)
  /// The models that have names.
  public static let all = [smallTCN, smallTransformer, baseTransformer]

  private static func channels(_ counts: Int...) -> [TelemetryLayer: Int] {
    [TelemetryLayer: Int](uniqueKeysWithValues: zip(TelemetryLayer.allCases, counts))
  }

  /// Everything that decides what the model is and learns.
  public var configuration: ModelConfiguration {
    ModelConfiguration(
      inputs: [.value], encoder: encoder, embedding: EmbeddingConfiguration(latent: latent, hidden: latent),
      fusion: .bottleneck(AttentionFusionConfiguration(heads: 4, hidden: fusionHidden)), modalityDropout: 0,
      decoder: DecoderConfiguration(),
      objective: ObjectiveConfiguration(
        hiding: HidingConfiguration(steps: 0.3), reconstruction: ReconstructionConfiguration(),
        contrast: ContrastConfiguration(loss: .infoNCE(InfoNCEConfiguration()))))
  }

  private var latent: Int { 128 }
  private var fusionHidden: Int { 512 }

  /// The model with random weights; equal seeds give equal models.
  public func make(seed: UInt64) -> JointModel {
    var generator = Generator(seed: seed)
    return JointModel(configuration, channels: channels, using: &generator)
  }
}

/// Floating-point operations of matrix products and convolutions, two for each multiplication with addition.
extension ReferenceModel {
  /// Those of embedding and judging one window.
  public var operationsPerWindow: Int { 2 * (windowLength * (input + blocks + input) + heads) }

  /// Those of a new sample of one entity in a stream, without the embedding of its window.
  public var operationsPerSample: Int { 2 * (input + blocks + input) }

  /// Those of that embedding.
  public var operationsPerEmbedding: Int { 2 * heads }

  /// Those of one window in a training step: forward and backward, without the gradient of the input.
  ///
  /// - Parameter batch: How many windows the contrast compares.
  public func trainingOperationsPerWindow(batch: Int) -> Int {
    let pairs = (channels.count + 1) * channels.count / 2
    return 2 * (2 * windowLength * input + 3 * (windowLength * (blocks + input) + heads + pairs * batch * latent))
  }

  /// Multiplications per step of the input maps of all layers, or of their decoders.
  private var input: Int { channels.values.reduce(0, +) * encoder.width }

  /// Multiplications per step of the blocks of all layers.
  private var blocks: Int {
    switch encoder {
    case .temporalConvolution(let sizes): channels.count * sizes.depth * sizes.kernel * sizes.width * sizes.width
    case .patchTransformer(let sizes):
      channels.count * sizes.depth * transformer(width: sizes.width, hidden: sizes.hidden, tokens: windowLength)
    case .registered: fatalError("ReferenceModel: the operations of a registered encoder are not known")
    }
  }

  /// Multiplications per window of embeddings and fusion.
  private var heads: Int {
    let tokens = channels.count + 1
    return channels.count * (2 * encoder.width * latent + latent * latent)
      + tokens * transformer(width: latent, hidden: fusionHidden, tokens: tokens) + latent * latent
  }

  /// Multiplications per token of a transformer block.
  private func transformer(width: Int, hidden: Int, tokens: Int) -> Int {
    4 * width * width + 2 * width * hidden + 2 * tokens * width
  }
}
