import StrataModel
import StrataTensor

/// The encoder of one layer with packed weights: from the views of a window to features, without allocating.
protocol FrozenEncoder: StreamedEncoder {
  /// The floats of scratch memory for windows of `time` samples.
  func scratchCount(time: Int) -> Int

  /// What depends on the length of the windows alone; computed once.
  func constants(time: Int) -> Constants?

  /// Computes one feature vector per sample.
  ///
  /// - Parameters:
  ///   - x: The views of a window, of shape `[time, inputs]`.
  ///   - time: The samples of the window.
  ///   - constants: What ``constants(time:)`` returned.
  ///   - features: Where the result goes, of shape `[time, width]`.
  ///   - scratch: ``scratchCount(time:)`` floats.
  func apply(
    _ x: UnsafePointer<Float>, time: Int, _ constants: Constants?, to features: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>)
}

extension LayerEncoder {
  /// The same encoder with packed weights; `nil` for a type that has no frozen form.
  func frozen(_ packing: inout Packing) -> (any FrozenEncoder)? {
    if let encoder = self as? TemporalConvolutionEncoder { return FrozenConvolutionEncoder(encoder, &packing) }
    if let encoder = self as? PatchTransformerEncoder { return FrozenTransformerEncoder(encoder, &packing) }
    return nil
  }
}
