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
  /// How many windows are fused together, so that the weights of the fusion are read once for all of them.
  private let group: Int
  private let workspace: Workspace
  private let places: Places
  private var memory: Buffer { workspace.memory }

  /// Where the parts of the memory begin.
  private struct Places {
    var input = 0, features = 0, pooled = 0, embeddings = 0, privates = 0, joint = 0, context = 0, presence = 0
    var means = 0, logVariances = 0, scratch = 0, count = 0
  }

  init(_ model: FrozenModel, windowLength: Int) {
    require(windowLength > 0, "FrozenModel: windows of \(windowLength) samples")
    (self.model, self.windowLength) = (model, windowLength)
    group = model.keepsFeatures ? 1 : 16
    let places = Self.plan(model, windowLength, group: group)
    self.places = places
    workspace = model.spares.take(windowLength: windowLength) {
      Workspace(
        windowLength: windowLength, constants: model.branches.map { $0.encoder.constants(time: windowLength) },
        memory: Buffer(count: places.count))
    }
  }

  deinit { model.spares.give(workspace) }

  /// Lays out the memory: what all layers keep until the fusion first, what one layer needs at a time last.
  private static func plan(_ model: FrozenModel, _ time: Int, group: Int) -> Places {
    var places = Places()
    /// Rounded up to whole cache lines.
    func take(_ count: Int) -> Int {
      defer { places.count += (count + 15) / 16 * 16 }
      return places.count
    }
    let branches = model.branches, privates = model.configuration.embedding.privateLatent ?? 0
    let (width, channels) = (model.configuration.encoder.width, branches.map(\.channels).max() ?? 0)
    let kept = model.keepsFeatures ? branches.count : 1
    places.pooled = take(group * branches.count * width)
    places.embeddings = take(group * branches.count * model.latent)
    places.presence = take(group * branches.count)
    places.joint = take(group * model.latent)
    places.privates = take(branches.count * privates)
    places.context = take(model.latent + privates)
    places.features = take(kept * time * width)
    places.input = take(time * channels * model.configuration.inputs.count)
    places.means = take(time * channels)
    places.logVariances = take(time * channels)
    let scratch = branches.map { $0.scratchCount(time: time) } + [model.fusion.scratchCount(windows: group, time: time)]
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
      result.joint.count == model.latent && result.scores.count == model.branches.count,
      "InferenceSession: the result was made for another model")
    result.joint.withUnsafeMutableBufferPointer { joint in
      result.scores.withUnsafeMutableBufferPointer { scores in
        result.presence.withUnsafeMutableBufferPointer { presence in
          embed(
            batch, window..<window + 1, joint: joint.baseAddress!, scores: scores.baseAddress!,
            presence: presence.baseAddress!)
        }
      }
    }
  }

  /// Embeds and judges some windows of a batch.
  ///
  /// - Parameters:
  ///   - joint: Room for `[window, latent]`.
  ///   - scores: Room for `[window, layer]`.
  ///   - presence: Room for `[window, layer]`.
  ///   - details: Per layer of the model, room for what is known of every sample; `nil` when nobody asks.
  mutating func embed(
    _ batch: WindowBatch, _ windows: Range<Int>, joint: UnsafeMutablePointer<Float>,
    scores: UnsafeMutablePointer<Float>, presence: UnsafeMutablePointer<Float>, details: [LayerTargets]? = nil
  ) {
    require(
      batch.length == windowLength && windows.lowerBound >= 0 && windows.upperBound <= batch.count,
      "InferenceSession: windows \(windows) of \(batch.count) windows of \(batch.length) samples, made for windows of "
        + "\(windowLength)")
    for given in batch.layers {
      require(
        model.branches.contains { $0.layer == given.layer },
        "FrozenModel: windows of layer \(given.layer), which the model does not know")
    }
    let layers = model.branches.count
    for first in stride(from: windows.lowerBound, to: windows.upperBound, by: group) {
      let part = first..<min(first + group, windows.upperBound), row = first - windows.lowerBound
      embedGroup(batch, part, scores: scores + row * layers, details, row: row)
      (joint + row * model.latent).update(from: memory.start + places.joint, count: part.count * model.latent)
      (presence + row * layers).update(from: memory.start + places.presence, count: part.count * layers)
    }
  }

  /// Leaves joint embeddings and presence in the memory. One layer after the other, so that its weights stay in the
  /// fast caches for all windows of the group.
  ///
  /// - Parameter row: Where the details of the first window go.
  private func embedGroup(
    _ batch: WindowBatch, _ windows: Range<Int>, scores: UnsafeMutablePointer<Float>, _ details: [LayerTargets]?,
    row: Int
  ) {
    let layers = model.branches.count, presence = memory.start + places.presence
    let decodesLater = model.configuration.decoder.context == .joint
    for layer in model.branches.indices {
      let samples = self.windows(of: layer, in: batch)
      for (index, window) in windows.enumerated() {
        let place = index * layers + layer
        guard let samples else {
          (presence[place], scores[place]) = (0, 0)
          forget(layer, at: index)
          continue
        }
        withSamples(of: samples, at: window) { samples in
          presence[place] = samples.isPresent ? 1 : 0
          encode(layer, at: index, samples, embeds: details != nil)
          if let details {
            details[layer].put(features: features(of: layer), row: row + index)
            details[layer].put(embedding: embedding(layer, at: index), row: row + index)
          }
          if !decodesLater { scores[place] = score(layer, at: index, samples, details?[layer], row: row + index) }
        }
      }
    }
    fuse(windows.count)
    guard decodesLater else { return }
    for layer in model.branches.indices {
      guard let samples = self.windows(of: layer, in: batch) else { continue }
      withSamples(of: samples, at: windows.lowerBound) {
        scores[layer] = score(layer, at: 0, $0, details?[layer], row: row)
      }
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

  private func pooled(_ layer: Int, at index: Int) -> UnsafeMutablePointer<Float> {
    memory.start + places.pooled + (index * model.branches.count + layer) * model.configuration.encoder.width
  }

  private func embedding(_ layer: Int, at index: Int) -> UnsafeMutablePointer<Float> {
    memory.start + places.embeddings + (index * model.branches.count + layer) * model.latent
  }

  private func features(of layer: Int) -> UnsafeMutablePointer<Float> {
    let kept = model.keepsFeatures ? layer : 0
    return memory.start + places.features + kept * windowLength * model.configuration.encoder.width
  }

  /// A layer that a batch does not have: zeros that nobody looks at.
  private func forget(_ layer: Int, at index: Int) {
    let width = model.configuration.encoder.width
    pooled(layer, at: index).update(repeating: 0, count: width)
    embedding(layer, at: index).update(repeating: 0, count: model.latent)
    if model.keepsFeatures { features(of: layer).update(repeating: 0, count: windowLength * width) }
  }

  /// - Parameter embeds: Whether somebody asks for the embedding of the layer, beside the model itself.
  private func encode(_ layer: Int, at index: Int, _ samples: LayerSamples, embeds: Bool) {
    let branch = model.branches[layer], views = model.configuration.inputs
    let width = branch.encoder.width, scratch = memory.start + places.scratch
    let features = features(of: layer), pooled = pooled(layer, at: index)
    var input = samples.values
    if views != [.value] {
      let assembled = memory.start + places.input
      samples.assemble(views, into: assembled)
      input = UnsafePointer(assembled)
    }
    branch.encoder.apply(input, time: windowLength, workspace.constants[layer], to: features, scratch: scratch)
    switch model.configuration.embedding.pooling {
    case .mean: kernels.sum_columns(pooled, features, windowLength, width, 1 / Double(windowLength))
    case .last: pooled.update(from: features + (windowLength - 1) * width, count: width)
    }
    if model.readsLayerEmbeddings || embeds {
      let embedding = embedding(layer, at: index)
      branch.head.apply(pooled, to: embedding, scratch: scratch)
      model.normalize(embedding, rows: 1)
    }
    if let head = branch.privateHead {
      head.apply(
        pooled, row: width, to: memory.start + places.privates + layer * head.outputs, row: head.outputs, rows: 1,
        scratch: scratch)
    }
  }

  private func fuse(_ count: Int) {
    let start = memory.start, joint = start + places.joint
    let rows = LayerRows(
      windows: count, pooled: start + places.pooled, embeddings: start + places.embeddings,
      features: start + places.features, presence: start + places.presence, time: windowLength)
    model.fusion.apply(rows, to: joint, scratch: start + places.scratch)
    model.normalize(joint, rows: count)
  }

  /// The reconstruction of one layer, judged.
  private func score(
    _ layer: Int, at index: Int, _ samples: LayerSamples, _ details: LayerTargets?, row: Int
  ) -> Float {
    let branch = model.branches[layer], latent = model.latent
    let means = memory.start + places.means, logVariances = memory.start + places.logVariances
    let context = memory.start + places.context
    switch model.configuration.decoder.context {
    case .none: break
    case .layer: context.update(from: embedding(layer, at: index), count: latent)
    case .joint: context.update(from: memory.start + places.joint, count: latent)
    }
    let usesContext = model.configuration.decoder.context != .none
    if usesContext, let head = branch.privateHead {
      (context + latent).update(from: memory.start + places.privates + layer * head.outputs, count: head.outputs)
    }
    branch.decoder.apply(
      features(of: layer), time: windowLength, window: usesContext ? UnsafePointer(context) : nil, means: means,
      logVariances: logVariances, scratch: memory.start + places.scratch)
    var observed = 0.0
    let hasVariance = branch.decoder.predictsVariance
    details?.put(
      means: means, logVariances: hasVariance ? UnsafePointer(logVariances) : nil, of: samples.values,
      mask: samples.mask, row: row)
    let error = kernels.masked_error(
      samples.values, means, hasVariance ? UnsafePointer(logVariances) : nil, samples.mask,
      windowLength * branch.channels, &observed)
    return observed > 0 ? Float(error / observed * (hasVariance ? 0.5 : 1)) : 0
  }
}

/// Its memory is its own, and a value that cannot be copied has one user at a time.
extension InferenceSession: @unchecked Sendable {}

extension FrozenModel {
  /// Whether the features of every layer are needed after all were computed.
  var keepsFeatures: Bool { fusion.readsFeatures || configuration.decoder.context == .joint }
}
