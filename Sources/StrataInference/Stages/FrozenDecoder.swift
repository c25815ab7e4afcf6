internal import CStrataKernels
import StrataModel
import StrataNeural
import StrataTensor

/// The reconstruction of the samples of one layer from its features.
struct FrozenDecoder: Sendable {
  private let width: Int, channels: Int
  private let bottleneck: DenseMap?, context: DenseMap?, hidden: DenseMap?
  private let mean: DenseMap, logVariance: DenseMap?
  private let bounds: DecoderConfiguration.LogVariance?

  var predictsVariance: Bool { logVariance != nil }

  init(
    _ decoder: ReconstructionDecoder, width: Int, bounds: DecoderConfiguration.LogVariance?, _ packing: inout Packing
  ) {
    self.width = width
    bottleneck = decoder.bottleneck.map { DenseMap($0, packing.next()) }
    // Of one row per window, so that there is nothing to gain from less precision.
    context = decoder.context.map { DenseMap($0) }
    hidden = decoder.hidden.map { DenseMap($0, packing.next()) }
    mean = DenseMap(decoder.mean, packing.next())
    logVariance = decoder.logVariance.map { DenseMap($0, packing.next()) }
    (channels, self.bounds) = (mean.outputs, bounds)
  }

  private var squeezed: Int { bottleneck?.outputs ?? width }

  func scratchCount(time: Int) -> Int {
    let maps = [bottleneck, hidden, mean, logVariance].compactMap(\.self)
    let product = maps.map { $0.scratchCount(rows: time, xRow: $0.inputs) }.max() ?? 0
    return squeezed + time * (squeezed + (hidden?.outputs ?? 0)) + product
  }

  /// Predicts every sample.
  ///
  /// - Parameters:
  ///   - features: Shape `[time, width]`.
  ///   - window: What is known about the whole window; `nil` without context.
  ///   - means: Where the predicted samples go, of shape `[time, channel]`.
  ///   - logVariances: Where the logarithms of their variances go, if they are predicted.
  func apply(
    _ features: UnsafePointer<Float>, time: Int, window: UnsafePointer<Float>?, means: UnsafeMutablePointer<Float>,
    logVariances: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    let known = scratch, first = known + squeezed, second = first + time * squeezed
    let product = second + time * (hidden?.outputs ?? 0)
    var h = features, size = width
    let hasContext = context != nil && window != nil
    if let context, let window {
      context.apply(window, row: context.inputs, to: known, row: squeezed, rows: 1, scratch: product)
      for step in 0..<time { (first + step * squeezed).update(from: known, count: squeezed) }
    }
    if let bottleneck {
      bottleneck.apply(
        h, row: size, to: first, row: squeezed, rows: time, finish: hasContext ? .add : [], scratch: product)
      (h, size) = (UnsafePointer(first), squeezed)
    } else if hasContext {
      kernels.axpy(first, 1, h, time * width)
      h = UnsafePointer(first)
    }
    if let hidden {
      hidden.apply(h, row: size, to: second, row: hidden.outputs, rows: time, finish: .gelu, scratch: product)
      (h, size) = (UnsafePointer(second), hidden.outputs)
    }
    mean.apply(h, row: size, to: means, row: channels, rows: time, scratch: product)
    if let logVariance, let bounds {
      logVariance.apply(h, row: size, to: logVariances, row: channels, rows: time, scratch: product)
      bound(logVariances, count: time * channels, bounds)
    }
  }

  /// Keeps logarithms inside their bounds; around the middle it is the identity.
  private func bound(
    _ x: UnsafeMutablePointer<Float>, count: Int, _ bounds: DecoderConfiguration.LogVariance
  ) {
    let middle = (bounds.minimum + bounds.maximum) / 2, reach = (bounds.maximum - bounds.minimum) / 2
    let table = kernels
    table.affine(x, x, 1 / reach, 0, count)
    table.tanh(x, x, count)
    table.affine(x, x, reach, middle, count)
  }
}
