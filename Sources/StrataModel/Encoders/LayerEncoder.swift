public import StrataNeural
public import StrataTensor

/// Turns the samples of one telemetry layer into features, step by step.
public protocol LayerEncoder: Module {
  /// The width of the features.
  var width: Int { get }

  /// How many steps of the past, the current one included, a feature depends on; `nil` when it depends on the whole
  /// window or on later steps.
  var receptiveField: Int? { get }

  /// Computes one feature vector per step.
  ///
  /// - Parameters:
  ///   - x: What the encoder is given, of shape `[batch, time, inputs]`; zero where missing.
  ///   - context: Training or inference, and the source of randomness.
  /// - Returns: Features of shape `[batch, time, width]`.
  func callAsFunction(_ x: Tensor, in context: inout ForwardContext) -> Tensor
}

extension EncoderConfiguration {
  /// Builds the encoder for `inputs` numbers per step.
  func makeEncoder(inputs: Int, using generator: inout Generator) -> any LayerEncoder {
    switch self {
    case .temporalConvolution(let configuration):
      TemporalConvolutionEncoder(configuration, inputs: inputs, using: &generator)
    case .patchTransformer(let configuration):
      PatchTransformerEncoder(configuration, inputs: inputs, using: &generator)
    case .registered(let encoder): encoder.settings.makeEncoder(inputs: inputs, using: &generator)
    }
  }
}
