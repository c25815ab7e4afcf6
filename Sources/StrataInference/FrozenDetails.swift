public import StrataTelemetry
public import StrataTensor

/// What a frozen model says of every sample of some windows, or of the newest sample of some entities of a stream.
public struct FrozenDetails: Sendable {
  /// What it says of one layer.
  public struct Layer: Sendable {
    /// Which layer this is.
    public let layer: TelemetryLayer
    /// One vector per sample, of shape `[window, time, width]`.
    public let features: NDArray
    /// The embedding of the layer alone: unit vectors of shape `[window, latent]`.
    public let embedding: NDArray
    /// The sample less its reconstruction, of shape `[window, time, channel]`; zero where nothing was observed.
    public let residuals: NDArray
    /// The logarithms of the variance of the reconstruction, in the same shape; `nil` for a model that predicts none.
    public let logVariances: NDArray?
  }

  /// In the order of the model's layers; zeros for a layer that was not given.
  public let layers: [Layer]
  /// Joint embeddings, scores and presence. On a stream they are of the last window that ends with the sample.
  public let output: FrozenOutput

  /// What was said of one layer; `nil` when the model does not know it.
  public subscript(layer: TelemetryLayer) -> Layer? { layers.first { $0.layer == layer } }
}

/// Where the details of one layer go, row after row, while they are computed.
struct LayerTargets {
  let features: UnsafeMutablePointer<Float>
  let embedding: UnsafeMutablePointer<Float>
  let residuals: UnsafeMutablePointer<Float>
  let logVariances: UnsafeMutablePointer<Float>
  let time: Int, width: Int, latent: Int, channels: Int

  /// Writes what the encoder said of a window.
  func put(features source: UnsafePointer<Float>, row: Int) {
    (features + row * time * width).update(from: source, count: time * width)
  }

  func put(embedding source: UnsafePointer<Float>, row: Int) {
    (embedding + row * latent).update(from: source, count: latent)
  }

  /// Writes what the decoder said of a window, given as `[time, channel]`.
  func put(
    means: UnsafePointer<Float>, logVariances source: UnsafePointer<Float>?, of values: UnsafePointer<Float>,
    mask: UnsafePointer<Float>, row: Int
  ) {
    let count = time * channels
    for index in 0..<count {
      residuals[row * count + index] = mask[index] > 0 ? values[index] - means[index] : 0
    }
    if let source { (logVariances + row * count).update(from: source, count: count) }
  }
}

/// The memory that the details of some windows are computed in.
struct DetailMemory {
  private let blocks: [(features: Buffer, embedding: Buffer, residuals: Buffer, logVariances: Buffer)]
  let targets: [LayerTargets]

  init(_ model: FrozenModel, windows: Int, time: Int) {
    let latent = model.latent
    blocks = model.branches.map { branch in
      let samples = windows * time
      return (
        Buffer(count: samples * branch.encoder.width), Buffer(count: windows * latent),
        Buffer(count: samples * branch.channels), Buffer(count: samples * branch.channels)
      )
    }
    targets = zip(model.branches, blocks).map { branch, block in
      LayerTargets(
        features: block.features.start, embedding: block.embedding.start, residuals: block.residuals.start,
        logVariances: block.logVariances.start, time: time, width: branch.encoder.width, latent: latent,
        channels: branch.channels)
    }
  }

  /// What was written, layer by layer, of shape `[windows, time, …]`.
  func layers(of model: FrozenModel, windows: Int, time: Int) -> [FrozenDetails.Layer] {
    func array(_ buffer: Buffer, _ shape: Shape) -> NDArray {
      NDArray(shape) { out in for index in out.indices { out[index] = buffer.start[index] } }
    }
    return zip(model.branches, blocks).map { branch, block in
      let samples: Shape = [windows, time, branch.channels]
      return FrozenDetails.Layer(
        layer: branch.layer, features: array(block.features, [windows, time, branch.encoder.width]),
        embedding: array(block.embedding, [windows, model.latent]), residuals: array(block.residuals, samples),
        logVariances: branch.decoder.predictsVariance ? array(block.logVariances, samples) : nil)
    }
  }
}

extension FrozenModel {
  /// Embeds and judges a batch of windows, and says what every sample's features and residuals are.
  ///
  /// - Parameters:
  ///   - batch: Windows of some or all layers of the model.
  ///   - threads: How many threads share the windows; the result does not depend on it.
  /// - Precondition: The model knows every layer of the batch with as many channels.
  public func details(of batch: WindowBatch, threads: Int = 1) -> FrozenDetails {
    let parts = parts(of: batch, threads: threads, detailed: true)
    let layers = branches.indices.map { index in
      func joined(_ part: (FrozenDetails.Layer) -> NDArray) -> NDArray {
        concatenate(parts.map { part($0.layers[index]) }, axis: 0)
      }
      return FrozenDetails.Layer(
        layer: branches[index].layer, features: joined(\.features), embedding: joined(\.embedding),
        residuals: joined(\.residuals),
        logVariances: branches[index].decoder.predictsVariance ? joined { $0.logVariances! } : nil)
    }
    return FrozenDetails(layers: layers, output: output(parts, count: batch.count))
  }
}
