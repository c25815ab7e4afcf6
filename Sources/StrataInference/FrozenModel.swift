internal import CStrataKernels
public import StrataModel
public import StrataTelemetry
import StrataTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A trained model for use: weights packed once for the kernels of this processor, nothing that learns.
///
/// ```swift
/// let model = try FrozenModel(contentsOf: url, precision: .bf16)
/// let output = model.embed(windows)            // joint embeddings and reconstruction scores
/// let details = model.details(of: windows)     // and per layer features, embeddings and residuals of every sample
/// var session = model.makeSession(windowLength: 128)
/// session.embed(windows, at: 0, into: &result) // the same for one window, without allocating
/// ```
///
/// A window's result does not depend on the other windows of its batch, nor on the number of threads.
public struct FrozenModel: Sendable {
  /// What the model was built from.
  public let configuration: ModelConfiguration
  /// What its products are computed in.
  public let precision: Precision
  /// A checksum of the names and elements of all weights, and of the ranges of int8.
  private var weightDigest: UInt32
  let branches: [FrozenBranch]
  let fusion: any FrozenFusion
  let spares = SpareWorkspaces()

  /// Packs the weights of a model.
  ///
  /// - Parameters:
  ///   - model: A trained model.
  ///   - precision: What its products are computed in.
  ///   - calibration: For int8, windows like those the model will see, such as some that it was trained on: a few dozen with
  ///     observed samples in every layer. Other precisions do not look at them.
  /// - Throws: ``FreezingError`` when an encoder or the fusion is of a type that this library did not make.
  /// - Precondition: Int8 is given windows to calibrate with, and every value in them is finite.
  /// - Complexity: For int8, what it costs to embed the windows on one thread comes on top.
  public init(
    _ model: JointModel, precision: Precision = .fp32, calibration: WindowBatch? = nil
  ) throws(FreezingError) {
    require(
      precision != .int8 || calibration != nil,
      "FrozenModel: int8 takes windows to calibrate with, such as some of those the model was trained on")
    var ranges: [Float] = []
    if precision == .int8, let calibration { ranges = try Self.ranges(of: model, calibration) }
    var packing = Packing.rounding(to: precision, ranges: ranges)
    try self.init(model, precision, &packing)
    weightDigest = ranges.withUnsafeBytes { crc32c($0, continuing: weightDigest) }
  }

  init(_ model: JointModel, _ precision: Precision, _ packing: inout Packing) throws(FreezingError) {
    (configuration, self.precision) = (model.configuration, precision)
    weightDigest = model.namedArrays().reduce(0) { checksum, weight in
      let named = Array(weight.name.utf8).withUnsafeBytes { crc32c($0, continuing: checksum) }
      return weight.array.withElements { crc32c(UnsafeRawBufferPointer($0), continuing: named) }
    }
    var branches: [FrozenBranch] = []
    for branch in model.branches {
      branches.append(try FrozenBranch(branch, model.configuration, &packing))
    }
    self.branches = branches
    let latent = model.configuration.embedding.latent
    guard let fusion = model.fusion.frozen(layers: branches.count, latent: latent, &packing) else {
      throw .noFrozenForm(part: "the fusion", type: "\(type(of: model.fusion))")
    }
    self.fusion = fusion
  }

  /// A checksum of all that the model is: its weights, their ranges and the configuration.
  var digest: UInt32 {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    do { return try encoder.encode(configuration).withUnsafeBytes { crc32c($0, continuing: weightDigest) } } catch {
      fatalError("FrozenModel: \(error)")
    }
  }

  /// The layers the model knows, in order.
  public var layers: [TelemetryLayer] { branches.map(\.layer) }

  /// How many channels a layer has; `nil` for a layer that the model does not know.
  public func channelCount(of layer: TelemetryLayer) -> Int? { branches.first { $0.layer == layer }?.channels }

  /// The width of the joint embedding.
  public var latent: Int { configuration.embedding.latent }

  /// Whether the fusion or the decoder needs the embedding of every layer.
  var readsLayerEmbeddings: Bool { fusion.readsEmbeddings || configuration.decoder.context == .layer }

  /// Gives embeddings, rows of `latent` elements, a norm of one.
  func normalize(_ x: UnsafeMutablePointer<Float>, rows: Int) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: rows) { norms in
      kernels.l2_normalize(x, norms.baseAddress!, x, rows, latent, 1e-12)
    }
  }

  /// Everything that embedding windows of `windowLength` samples needs besides the model.
  ///
  /// - Precondition: `windowLength` is positive.
  public func makeSession(windowLength: Int) -> InferenceSession {
    InferenceSession(self, windowLength: windowLength)
  }

  /// Embeds and judges a batch of windows.
  ///
  /// - Parameters:
  ///   - batch: Windows of some or all layers of the model.
  ///   - threads: How many threads share the windows; the result does not depend on it.
  /// - Precondition: The model knows every layer of the batch with as many channels.
  public func embed(_ batch: WindowBatch, threads: Int = 1) -> FrozenOutput {
    output(parts(of: batch, threads: threads, detailed: false), count: batch.count)
  }

  /// What was computed of some windows of a batch, by one thread.
  struct Part: Sendable {
    var joint: [Float], scores: [Float], presence: [Float]
    var layers: [FrozenDetails.Layer] = []
  }

  /// Divides a batch among threads; with details there is at least one part.
  func parts(of batch: WindowBatch, threads: Int, detailed: Bool) -> [Part] {
    require(threads > 0, "FrozenModel: \(threads) threads")
    let (count, share) = (batch.count, max((batch.count + threads - 1) / threads, 1))
    let parts = max((count + share - 1) / share, detailed ? 1 : 0)
    return parallelMap(count: parts, threads: threads) { part in
      let windows = part * share..<min((part + 1) * share, count)
      let layers = branches.count
      var session = makeSession(windowLength: batch.length)
      var result = Part(
        joint: [Float](repeating: 0, count: windows.count * latent),
        scores: [Float](repeating: 0, count: windows.count * layers),
        presence: [Float](repeating: 0, count: windows.count * layers))
      let memory = detailed ? DetailMemory(self, windows: windows.count, time: batch.length) : nil
      result.joint.withUnsafeMutableBufferPointer { joint in
        result.scores.withUnsafeMutableBufferPointer { scores in
          result.presence.withUnsafeMutableBufferPointer { presence in
            guard !windows.isEmpty else { return }
            session.embed(
              batch, windows, joint: joint.baseAddress!, scores: scores.baseAddress!, presence: presence.baseAddress!,
              details: memory?.targets)
          }
        }
      }
      result.layers = memory?.layers(of: self, windows: windows.count, time: batch.length) ?? []
      return result
    }
  }

  func output(_ parts: [Part], count: Int) -> FrozenOutput {
    FrozenOutput(
      joint: NDArray([count, latent], parts.flatMap(\.joint)),
      scores: NDArray([count, branches.count], parts.flatMap(\.scores)),
      presence: NDArray([count, branches.count], parts.flatMap(\.presence)))
  }
}
