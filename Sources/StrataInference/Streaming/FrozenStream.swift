internal import CStrataKernels
import StrataModel
import StrataTelemetry
import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A frozen model on the telemetry of many entities as it comes: a new sample costs the same whatever the window length.
///
/// Every convolution keeps the rows it still sees, every causal transformer block the keys and values of the last window,
/// and the features of the last window are kept with their sums. From its start until a window is full a stream gives what
/// the model gives for the window of all samples so far. After that its first samples see what came before the window,
/// where a window sees nothing: with convolutions the features of the last `length - receptiveField` steps are the same,
/// the others better informed; with attention each sample has seen the window that ended with it.
///
/// A transformer costs memory: two rows per sample of the window, block, layer and entity, and time that grows with the
/// keys it looks at.
///
/// Features are kept in 16 bits of fixed point, whose sums are exact however long a stream runs; an element of the mean
/// differs by at most its bound / 65 534 from that of single precision, where the bound of a layer norm is
/// `√(width - 1) · |scale| + |shift|`.
///
/// ```swift
/// var stream = try model.makeStream(entities: 10_000, windowLength: 128)
/// stream.advance(0..<10_000, samples)
/// stream.embed(0..<10_000, into: &joint)
/// ```
public struct FrozenStream: ~Copyable {
  /// The model.
  public let model: FrozenModel
  /// How many entities there are.
  public let entities: Int
  /// Over how many samples features and errors are averaged.
  public let windowLength: Int
  /// How many samples each entity has had.
  public internal(set) var counts: [Int]

  let stages: [StreamStage]
  /// How much memory the state of all layers and entities takes.
  public let byteCount: Int
  let memory: UnsafeMutableRawPointer
  let workspace: Buffer
  let places: Places

  /// Entities that are advanced together: as many rows as a product needs to be fast.
  static let group = 24

  struct Places {
    var input = 0, features = 0, means = 0, logVariances = 0
    var pooled = 0, embeddings = 0, privates = 0, joint = 0, context = 0, presence = 0, scratch = 0, count = 0
  }

  init(_ model: FrozenModel, entities: Int, windowLength: Int) throws(StreamError) {
    require(entities > 0 && windowLength > 0, "FrozenStream: \(entities) entities, windows of \(windowLength)")
    require(windowLength <= 65_536, "FrozenStream: windows of \(windowLength), whose sums would overflow")
    guard !model.fusion.readsFeatures else {
      throw .notCausal("its fusion attends to every sample of a window")
    }
    var (stages, size) = ([StreamStage](), 0)
    for branch in model.branches {
      if let obstacle = branch.encoder.streamObstacle {
        throw .notCausal("the encoder of layer \(branch.layer) \(obstacle)")
      }
      stages.append(
        StreamStage(
          branch, model.configuration, entities: entities, windowLength: windowLength, startingAt: size))
      size += stages.last!.layout.byteCount
    }
    (self.model, self.entities, self.windowLength, self.stages) = (model, entities, windowLength, stages)
    counts = [Int](repeating: 0, count: entities)
    byteCount = size
    memory = .allocate(byteCount: size, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    for stage in stages { stage.layout.bind(memory) }
    places = Self.plan(model, stages, windowLength)
    workspace = Buffer(count: places.count)
  }

  deinit { memory.deallocate() }

  private static func plan(_ model: FrozenModel, _ stages: [StreamStage], _ windowLength: Int) -> Places {
    var places = Places()
    func take(_ count: Int) -> Int {
      defer { places.count += (count + 15) / 16 * 16 }
      return places.count
    }
    let width = model.configuration.encoder.width, privates = model.configuration.embedding.privateLatent ?? 0
    let channels = stages.map(\.branch.channels).max() ?? 0
    places.input = take(group * channels * model.configuration.inputs.count)
    places.features = take(stages.count * group * width)
    places.means = take(group * channels)
    places.logVariances = take(group * channels)
    places.pooled = take(group * stages.count * width)
    places.embeddings = take(group * stages.count * model.latent)
    places.privates = take(stages.count * privates)
    places.context = take(model.latent + privates)
    places.presence = take(group * stages.count)
    places.joint = take(group * model.latent)
    let scratch =
      stages.map {
        max($0.encoder.streamScratchCount(rows: group, windowLength: windowLength), $0.branch.head.scratchCount)
      }
      + stages.map { $0.branch.decoder.scratchCount(time: group) } + [
        model.fusion.scratchCount(windows: group, time: 1)
      ]
    places.scratch = take(scratch.reduce(0, max))
    return places
  }

  /// Takes one new sample of every entity of a range.
  ///
  /// - Parameters:
  ///   - range: Which entities.
  ///   - samples: The samples per layer, one row per entity of the range; a layer that is not given is missing.
  /// - Precondition: The model knows every layer with as many channels.
  public mutating func advance(_ range: Range<Int>, _ samples: [StreamSamples]) { advance(range, samples, nil) }

  /// Takes one new sample of every entity of a range, and leaves what is known of it in `details`.
  ///
  /// - Parameter details: Per layer, room for one row per entity of the range; and what to do with every group of entities
  ///   once it has advanced, but is not yet counted.
  mutating func advance(
    _ range: Range<Int>, _ samples: [StreamSamples], _ details: [LayerTargets]?,
    finishing: (borrowing FrozenStream, Range<Int>) -> Void = { _, _ in }
  ) {
    requireKnown(range)
    for given in samples {
      guard let layer = stages.firstIndex(where: { $0.branch.layer == given.layer }) else {
        fatalError("FrozenStream: samples of layer \(given.layer), which the model does not know")
      }
      require(
        given.values.shape[0] == range.count && given.values.shape[1] == stages[layer].branch.channels,
        "FrozenStream: samples of shape \(given.values.shape) in layer \(given.layer), expected "
          + "[\(range.count), \(stages[layer].branch.channels)]")
    }
    for first in stride(from: range.lowerBound, to: range.upperBound, by: Self.group) {
      let entities = first..<min(first + Self.group, range.upperBound), row = first - range.lowerBound
      // A decoder may know the embedding of all layers, so that every layer comes before the first judgement.
      for layer in stages.indices {
        take(layer, entities, samples.first { $0.layer == stages[layer].branch.layer }, row: row)
      }
      for layer in stages.indices {
        judge(
          layer, entities, samples.first { $0.layer == stages[layer].branch.layer }, row: row, details?[layer])
      }
      finishing(self, entities)
    }
    for entity in range { counts[entity] += 1 }
  }

  /// Takes the new samples of one layer into the state.
  private func take(_ layer: Int, _ entities: Range<Int>, _ samples: StreamSamples?, row: Int) {
    let stage = stages[layer], encoder = stage.encoder, width = encoder.width
    let features = self.features(of: layer), input = workspace.start + places.input
    for (index, entity) in entities.enumerated() {
      stage.assemble(
        samples, row: row + index, views: model.configuration.inputs, windowLength: windowLength,
        gaps: stage.layout.gaps(memory, entity: entity), into: input + index * encoder.inputs)
    }
    let rows = StreamRows(
      entities: entities, counts: counts, windowLength: windowLength, layout: stage.layout, memory: memory)
    encoder.advance(rows, input, to: features, scratch: workspace.start + places.scratch)
    for (index, entity) in entities.enumerated() {
      let step = counts[entity] % windowLength
      stage.pool(features + index * width, memory, entity: entity, step: step)
      let place = stage.layout.error(memory, step: step, entity: entity)
      (place[0], place[1]) = (0, samples.map { observedCount($0, row: row + index) } ?? 0)
    }
  }

  private func observedCount(_ samples: StreamSamples, row: Int) -> Float {
    samples.mask.withElements { mask in
      let channels = samples.mask.shape[1]
      return (row * channels..<(row + 1) * channels).reduce(0) { $0 + mask[$1] }
    }
  }

  /// The features of the group of entities that is being advanced.
  private func features(of layer: Int) -> UnsafeMutablePointer<Float> {
    workspace.start + places.features + layer * Self.group * stages[layer].encoder.width
  }

  /// The errors of the new samples; with the context of the window so far, if the decoder knows one.
  private func judge(
    _ layer: Int, _ entities: Range<Int>, _ samples: StreamSamples?, row: Int, _ details: LayerTargets?
  ) {
    let stage = stages[layer], start = workspace.start, channels = stage.branch.channels
    let width = stage.encoder.width, features = features(of: layer)
    guard let samples else { return }
    if let details {
      for index in 0..<entities.count { details.put(features: features + index * width, row: row + index) }
    }
    let means = start + places.means, logVariances = start + places.logVariances, scratch = start + places.scratch
    let hasContext = model.configuration.decoder.context != .none
    if !hasContext {
      stage.branch.decoder.apply(
        features, time: entities.count, window: nil, means: means, logVariances: logVariances, scratch: scratch)
    }
    for (index, entity) in entities.enumerated() {
      if hasContext {
        setContext(of: entity, layer, samplesSeen: counts[entity] + 1)
        stage.branch.decoder.apply(
          features + index * width, time: 1, window: start + places.context, means: means + index * channels,
          logVariances: logVariances + index * channels, scratch: scratch)
      }
      let first = (row + index) * channels, hasVariance = stage.branch.decoder.predictsVariance
      samples.values.withElements { values in
        samples.mask.withElements { mask in
          details?.put(
            means: means + index * channels, logVariances: hasVariance ? logVariances + index * channels : nil,
            of: values.baseAddress! + first, mask: mask.baseAddress! + first, row: row + index)
          var observed = 0.0
          let error = kernels.masked_error(
            values.baseAddress! + first, means + index * channels,
            hasVariance ? UnsafePointer(logVariances + index * channels) : nil, mask.baseAddress! + first, channels,
            &observed)
          stage.layout.error(memory, step: counts[entity] % windowLength, entity: entity)[0] =
            Float(error) * (hasVariance ? 0.5 : 1)
        }
      }
    }
  }
}

/// Its memory is its own, and a value that cannot be copied has one user at a time.
extension FrozenStream: @unchecked Sendable {}

extension FrozenModel {
  /// A stream for some entities, none of which has had a sample.
  ///
  /// - Parameters:
  ///   - entities: How many entities; each needs memory for its last window, see ``FrozenStream/byteCount``.
  ///   - windowLength: Over how many samples features and errors are averaged.
  /// - Throws: ``StreamError/notCausal(_:)`` for a model whose results depend on later samples or on whole windows.
  public func makeStream(entities: Int, windowLength: Int) throws(StreamError) -> FrozenStream {
    try FrozenStream(self, entities: entities, windowLength: windowLength)
  }
}
