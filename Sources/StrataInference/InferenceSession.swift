internal import CStrataKernels
import StrataModel
public import StrataTelemetry
import StrataTensor

/// A frozen model with the memory it needs for windows of one length; used by one thread at a time.
///
/// Nothing is allocated after it was made.
public struct InferenceSession: ~Copyable {
  /// The model.
  public let model: FrozenModel
  /// How many samples a window has.
  public let windowLength: Int
  private let constants: [Constants?]
  private let memory: Buffer
  private let places: Places

  /// Where the parts of the memory begin.
  private struct Places {
    var input = 0, features = 0, pooled = 0, embeddings = 0, privates = 0, context = 0, means = 0, logVariances = 0
    var scratch = 0, count = 0
  }

  init(_ model: FrozenModel, windowLength: Int) {
    require(windowLength > 0, "FrozenModel: windows of \(windowLength) samples")
    (self.model, self.windowLength) = (model, windowLength)
    constants = model.branches.map { $0.encoder.constants(time: windowLength) }
    places = Self.plan(model, windowLength)
    memory = Buffer(count: places.count)
  }

  /// Lays out the memory: what all layers keep until the fusion first, what one layer needs at a time last.
  private static func plan(_ model: FrozenModel, _ time: Int) -> Places {
    var places = Places()
    /// Rounded up to whole cache lines.
    func take(_ count: Int) -> Int {
      defer { places.count += (count + 15) / 16 * 16 }
      return places.count
    }
    let branches = model.branches
    let (width, channels) = (model.configuration.encoder.width, branches.map(\.channels).max() ?? 0)
    let kept = model.keepsFeatures ? branches.count : 1
    places.pooled = take(branches.count * width)
    places.embeddings = take(branches.count * model.latent)
    places.privates = take(branches.count * (model.configuration.embedding.privateLatent ?? 0))
    places.context = take(model.latent + (model.configuration.embedding.privateLatent ?? 0))
    places.features = take(kept * time * width)
    places.input = take(time * channels * model.configuration.inputs.count)
    places.means = take(time * channels)
    places.logVariances = take(time * channels)
    let scratch = branches.map { $0.scratchCount(time: time) } + [model.fusion.scratchCount(time: time)]
    places.scratch = take(scratch.reduce(0, max))
    return places
  }

  /// Embeds and judges one window of a batch.
  ///
  /// - Parameters:
  ///   - batch: Windows of some or all layers of the model.
  ///   - window: Which one.
  ///   - result: Where the results go; made for this model.
  /// - Precondition: Windows have ``windowLength`` samples, and the model knows every layer with as many channels.
  public mutating func embed(_ batch: WindowBatch, at window: Int, into result: inout WindowResult) {
    require(
      batch.length == windowLength && window >= 0 && window < batch.count,
      "InferenceSession: window \(window) of \(batch.count) windows of \(batch.length) samples, made for windows of "
        + "\(windowLength)")
    require(
      result.joint.count == model.latent && result.scores.count == model.branches.count,
      "InferenceSession: the result was made for another model")
    let decodesLater = model.configuration.decoder.context == .joint
    for layer in model.branches.indices {
      guard let windows = windows(of: layer, in: batch) else {
        forget(layer, &result)
        continue
      }
      withSamples(of: windows, at: window) { samples in
        result.presence[layer] = samples.isPresent ? 1 : 0
        encode(layer, samples)
        if !decodesLater { result.scores[layer] = score(layer, samples) }
      }
    }
    fuse(&result)
    guard decodesLater else { return }
    for layer in model.branches.indices {
      guard let windows = windows(of: layer, in: batch) else { continue }
      withSamples(of: windows, at: window) { result.scores[layer] = score(layer, $0) }
    }
  }

  private func windows(of layer: Int, in batch: WindowBatch) -> LayerWindows? {
    let branch = model.branches[layer]
    guard let windows = batch[branch.layer] else { return nil }
    require(
      windows.channelCount == branch.channels,
      "FrozenModel: windows of shape \(windows.values.shape) in layer \(branch.layer), which has \(branch.channels) "
        + "channels")
    return windows
  }

  /// A layer that a batch does not have: zeros that nobody looks at.
  private func forget(_ layer: Int, _ result: inout WindowResult) {
    (result.presence[layer], result.scores[layer]) = (0, 0)
    let width = model.configuration.encoder.width
    (memory.start + places.pooled + layer * width).update(repeating: 0, count: width)
    (memory.start + places.embeddings + layer * model.latent).update(repeating: 0, count: model.latent)
    if model.keepsFeatures { features(of: layer).update(repeating: 0, count: windowLength * width) }
  }

  private func features(of layer: Int) -> UnsafeMutablePointer<Float> {
    let kept = model.keepsFeatures ? layer : 0
    return memory.start + places.features + kept * windowLength * model.configuration.encoder.width
  }

  private func encode(_ layer: Int, _ samples: LayerSamples) {
    let (branch, table) = (model.branches[layer], sk_active())
    let width = branch.encoder.width, scratch = memory.start + places.scratch
    let features = features(of: layer), pooled = memory.start + places.pooled + layer * width
    let views = model.configuration.inputs
    var input = samples.values
    if views != [.value] {
      let assembled = memory.start + places.input
      samples.assemble(views, into: assembled)
      input = UnsafePointer(assembled)
    }
    branch.encoder.apply(input, time: windowLength, constants[layer], to: features, scratch: scratch)
    switch model.configuration.embedding.pooling {
    case .mean: table.pointee.sum_columns(pooled, features, windowLength, width, 1 / Double(windowLength))
    case .last: pooled.update(from: features + (windowLength - 1) * width, count: width)
    }
    if model.readsLayerEmbeddings {
      let embedding = memory.start + places.embeddings + layer * model.latent
      branch.head.apply(pooled, to: embedding, scratch: scratch)
      normalize(embedding, count: model.latent)
    }
    if let head = branch.privateHead {
      head.apply(
        pooled, row: width, to: memory.start + places.privates + layer * head.outputs, row: head.outputs, rows: 1,
        scratch: scratch)
    }
  }

  private func fuse(_ result: inout WindowResult) {
    result.presence.withUnsafeBufferPointer { presence in
      let rows = LayerRows(
        pooled: memory.start + places.pooled, embeddings: memory.start + places.embeddings,
        features: memory.start + places.features, presence: presence.baseAddress!, time: windowLength)
      let joint = memory.start + places.context
      model.fusion.apply(rows, to: joint, scratch: memory.start + places.scratch)
      normalize(joint, count: model.latent)
    }
    result.joint.withUnsafeMutableBufferPointer {
      $0.baseAddress!.update(from: memory.start + places.context, count: model.latent)
    }
  }

  /// The reconstruction of one layer, judged.
  private func score(_ layer: Int, _ samples: LayerSamples) -> Float {
    let branch = model.branches[layer], latent = model.latent
    let means = memory.start + places.means, logVariances = memory.start + places.logVariances
    let context = memory.start + places.context
    let usesContext = model.configuration.decoder.context != .none
    if model.configuration.decoder.context == .layer {
      context.update(from: memory.start + places.embeddings + layer * latent, count: latent)
    }
    if usesContext, let head = branch.privateHead {
      (context + latent).update(from: memory.start + places.privates + layer * head.outputs, count: head.outputs)
    }
    branch.decoder.apply(
      features(of: layer), time: windowLength, window: usesContext ? UnsafePointer(context) : nil, means: means,
      logVariances: logVariances, scratch: memory.start + places.scratch)
    var observed = 0.0
    let hasVariance = branch.decoder.predictsVariance
    let error = sk_active().pointee.masked_error(
      samples.values, means, hasVariance ? UnsafePointer(logVariances) : nil, samples.mask,
      windowLength * branch.channels, &observed)
    return observed > 0 ? Float(error / observed * (hasVariance ? 0.5 : 1)) : 0
  }

  private func normalize(_ x: UnsafeMutablePointer<Float>, count: Int) {
    var norm: Float = 0
    sk_active().pointee.l2_normalize(x, &norm, x, 1, count, 1e-12)
  }
}

extension FrozenModel {
  /// Whether the features of every layer are needed after all were computed.
  var keepsFeatures: Bool { fusion.readsFeatures || configuration.decoder.context == .joint }
}
