import StrataTelemetry
public import StrataTensor

/// What the encoders of a model are given: the views of every layer, and where there is anything to see.
public struct EncoderInput: Sendable {
  /// One array of shape `[batch, time, inputs]` per layer of the model.
  public let layers: [NDArray]
  /// One where a layer has a visible sample in a window; shape `[batch, layer]`.
  public let presence: NDArray

  /// Prepared inputs, for callers that make their own.
  public init(layers: [NDArray], presence: NDArray) { (self.layers, self.presence) = (layers, presence) }
}

extension LayerWindows {
  /// The views of one layer side by side, as its encoder takes them.
  ///
  /// A hidden sample looks like a missing one: its value and peer view are zero, its mask is zero, and the time since
  /// the last visible sample is counted anew.
  ///
  /// - Parameters:
  ///   - views: What is concatenated, in order.
  ///   - hiding: One where a sample is hidden, of shape `[batch, time]` or `[batch, time, channel]`.
  /// - Returns: The views, of shape `[batch, time, views · channel]`, and the visible samples as ones, of shape
  ///   `[batch, time, channel]`.
  func encoderInput(_ views: [InputView], hiding: NDArray?) -> (input: NDArray, visible: NDArray) {
    let hidden = hiding.map(expandedHiding)
    let visible = hidden.map { mask * (1 - $0) } ?? mask
    let parts = views.map { view in
      switch view {
      case .value: return hidden == nil ? values : values * visible
      case .peers:
        guard let peers else {
          fatalError("JointModel: the inputs include peers, but the windows of layer \(layer) have none")
        }
        return hidden == nil ? peers : peers * visible
      case .mask: return visible
      case .delta: return hidden == nil ? delta : recountedDelta(visible: visible)
      }
    }
    return (parts.count == 1 ? parts[0] : concatenate(parts, axis: 2), visible)
  }

  /// Hiding of whole steps repeated for every channel.
  func expandedHiding(_ hiding: NDArray) -> NDArray {
    if hiding.shape == values.shape { return hiding }
    require(
      hiding.shape == Shape(Array(values.shape.dimensions.prefix(2))),
      "JointModel: hiding of shape \(hiding.shape) does not fit windows of shape \(values.shape)")
    return hiding.reshaped([values.shape[0], values.shape[1], 1]) + NDArray([values.shape[2]], repeating: 0)
  }

  /// `log(1 + n)` of the `n` samples since the last visible one; before the window, the
  /// original count is believed, and as there a count ends at the length of the window.
  private func recountedDelta(visible: NDArray) -> NDArray {
    let (batch, time, channels) = (values.shape[0], values.shape[1], values.shape[2])
    return NDArray(values.shape) { result in
      visible.withElements { visible in
        mask.withElements { mask in
          delta.withElements { delta in
            for window in 0..<batch {
              for channel in 0..<channels {
                let start = window * time * channels + channel
                // A hidden first sample was observed, so the one before it may be taken as visible.
                var count: Float = mask[start] > 0 ? 0 : max(exponential(minusOne: delta[start]) - 1, 0)
                for step in 0..<time {
                  let index = start + step * channels
                  count = visible[index] > 0 ? 0 : min(count + 1, Float(time))
                  result[index] = logarithm(onePlus: count)
                }
              }
            }
          }
        }
      }
    }
  }
}
