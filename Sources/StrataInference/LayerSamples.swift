import StrataModel
import StrataTelemetry
import StrataTensor

/// The samples of one layer of one window, each of shape `[time, channel]`, while they are borrowed.
struct LayerSamples {
  let values: UnsafePointer<Float>, mask: UnsafePointer<Float>, delta: UnsafePointer<Float>
  let peers: UnsafePointer<Float>?
  let time: Int, channels: Int

  /// Whether anything was observed.
  var isPresent: Bool { (0..<time * channels).contains { mask[$0] > 0 } }

  /// Writes the views side by side, as the encoder takes them; shape `[time, views · channel]`.
  func assemble(_ views: [InputView], into input: UnsafeMutablePointer<Float>) {
    for (column, view) in views.enumerated() {
      let source: UnsafePointer<Float>
      switch view {
      case .value: source = values
      case .mask: source = mask
      case .delta: source = delta
      case .peers:
        require(peers != nil, "FrozenModel: the inputs include peers, but the windows have none")
        source = peers!
      }
      for step in 0..<time {
        (input + (step * views.count + column) * channels).update(from: source + step * channels, count: channels)
      }
    }
  }
}

/// Lends the samples of one window.
func withSamples<R>(of windows: LayerWindows, at window: Int, _ body: (LayerSamples) -> R) -> R {
  let first = window * windows.length * windows.channelCount
  func lend(_ peers: UnsafePointer<Float>?) -> R {
    windows.values.withElements { values in
      windows.mask.withElements { mask in
        windows.delta.withElements { delta in
          body(
            LayerSamples(
              values: values.baseAddress! + first, mask: mask.baseAddress! + first, delta: delta.baseAddress! + first,
              peers: peers, time: windows.length, channels: windows.channelCount))
        }
      }
    }
  }
  guard let peers = windows.peers else { return lend(nil) }
  return peers.withElements { lend($0.baseAddress! + first) }
}
