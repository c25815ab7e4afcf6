public import StrataNeural
public import StrataTelemetry
public import StrataTensor

/// The loss of a ``JointModel``: the parts its configuration names, each computed where there is something to compute
/// it from.
public struct JointObjective: Sendable {
  /// The parts and their weights.
  public let configuration: ObjectiveConfiguration

  /// The loss that a configuration describes.
  public init(_ configuration: ObjectiveConfiguration) { self.configuration = configuration }

  /// Hides samples at random and judges what the model makes of the rest.
  ///
  /// - Parameters:
  ///   - model: The model, which may be differentiated.
  ///   - batch: Windows; the contrast is between windows of one batch.
  ///   - context: The mode, and the source of what is hidden (drawn in inference too, to judge a model).
  /// - Returns: The loss, zero when no part applies (a batch without any observed sample).
  public func callAsFunction(
    _ model: JointModel, _ batch: WindowBatch, in context: inout ForwardContext
  ) -> ObjectiveValue {
    let hiding = drawHiding(for: batch, using: &context.generator)
    return self(model, batch, hiding: hiding, in: &context)
  }

  /// Judges what the model makes of the samples that are not hidden.
  ///
  /// - Parameters:
  ///   - hiding: Per layer of the batch, one where a sample is hidden, of shape `[batch, time]` or
  ///     `[batch, time, channel]`; `nil` hides nothing.
  ///   - batch: Windows; the contrast is between windows of one batch.
  ///   - context: The mode, and the source of randomness.
  ///   - model: The model to judge, which may be differentiated.
  public func callAsFunction(
    _ model: JointModel, _ batch: WindowBatch, hiding: [NDArray]?, in context: inout ForwardContext
  ) -> ObjectiveValue {
    let output = model(batch, hiding: hiding, in: &context)
    var parts: [ObjectivePart] = []
    if let contrast = configuration.contrast {
      parts.append(contrast.part(of: output, learned: model.contrast))
    }
    if let reconstruction = configuration.reconstruction {
      parts.append(reconstruction.part(of: output, batch, hiding: hiding))
    }
    if let hierarchical = configuration.hierarchical {
      let other = drawHiding(for: batch, using: &context.generator)
      let features = model.features(batch, hiding: other, in: &context)
      parts.append(hierarchical.part(of: output, secondView: features))
    }
    if let orthogonality = configuration.orthogonality { parts.append(orthogonality.part(of: output)) }
    return ObjectiveValue(parts)
  }

  private func drawHiding(for batch: WindowBatch, using generator: inout Generator) -> [NDArray]? {
    guard let hiding = configuration.hiding else { return nil }
    var drawing = generator.split()
    return batch.layers.map { hiding.draw($0.values.shape, using: &drawing) }
  }
}

extension JointOutput {
  /// The windows in which every one of `layers` is present; `nil` when that is all of them.
  func windows(having layers: [Int]) -> [Int]? {
    let (batch, count) = (presence.shape[0], presence.shape[1])
    let present = presence.elements
    let rows = (0..<batch).filter { row in layers.allSatisfy { present[row * count + $0] > 0 } }
    return rows.count == batch ? nil : rows
  }
}

/// Some rows of a tensor; all of them for `nil`.
func select(_ x: Tensor, _ rows: [Int]?) -> Tensor { rows.map { gather(x, rows: $0) } ?? x }
