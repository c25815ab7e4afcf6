import StrataInference
import StrataTelemetry
import StrataTensor

/// What stands for a window, in three ways; every array has one row per window.
struct WindowRepresentations: Sendable {
  /// The newest sample and the mean of every channel, of shape `[window, 2 · channels]`: no model at all.
  let samples: NDArray
  /// What the encoders say at the newest sample, side by side, of shape `[window, layers · width]`.
  let features: NDArray
  /// The joint embedding, of shape `[window, latent]`.
  let embedding: NDArray
  /// Each layer's own embedding, of shape `[window, latent]`.
  let layers: [NDArray]
  let origins: [WindowOrigin]

  private static let batchSize = 64

  /// The result does not depend on `threads`.
  init<Split>(_ windows: WindowSet<Split>, seenBy model: FrozenModel, threads: Int) {
    let batches = windows.batches(of: Self.batchSize)
    let parts = parallelMap(count: batches.count, threads: threads) { index in
      let batch = windows.batch(batches[index])
      let details = model.details(of: batch)
      return (
        samples: Self.beside(batch.layers.flatMap { [Self.newest($0.values), $0.values.mean(over: [1])] }),
        features: Self.beside(details.layers.map { Self.newest($0.features) }), embedding: details.output.joint,
        layers: details.layers.map(\.embedding)
      )
    }
    samples = concatenate(parts.map(\.samples), axis: 0)
    features = concatenate(parts.map(\.features), axis: 0)
    embedding = concatenate(parts.map(\.embedding), axis: 0)
    layers = parts[0].layers.indices.map { layer in concatenate(parts.map { $0.layers[layer] }, axis: 0) }
    origins = (0..<windows.count).map(windows.origin)
  }

  /// The last step of `[batch, time, width]`, as `[batch, width]`.
  private static func newest(_ steps: NDArray) -> NDArray {
    let (batch, time, width) = (steps.shape[0], steps.shape[1], steps.shape[2])
    return NDArray([batch, width]) { out in
      steps.withElements { x in
        for row in 0..<batch {
          for column in 0..<width { out[row * width + column] = x[(row * time + time - 1) * width + column] }
        }
      }
    }
  }

  private static func beside(_ parts: [NDArray]) -> NDArray { concatenate(parts, axis: 1) }
}
