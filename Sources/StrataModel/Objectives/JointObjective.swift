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
    value(of: terms(of: model, batch, in: &context), at: model)
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
    value(of: terms(of: model, batch, hiding: hiding, in: &context), at: model)
  }

  /// Hides samples at random and runs the model on a slice of a batch, for the loss of the whole.
  ///
  /// - SeeAlso: ``callAsFunction(_:_:in:)`` for the parameters.
  public func terms(of model: JointModel, _ slice: WindowBatch, in context: inout ForwardContext) -> JointTerms {
    let hiding = drawHiding(for: slice, using: &context.generator)
    return terms(of: model, slice, hiding: hiding, in: &context)
  }

  /// Runs the model on a slice of a batch, for the loss of the whole.
  ///
  /// - SeeAlso: ``callAsFunction(_:_:hiding:in:)`` for the parameters.
  public func terms(
    of model: JointModel, _ slice: WindowBatch, hiding: [NDArray]?, in context: inout ForwardContext
  ) -> JointTerms {
    let output = model(slice, hiding: hiding, in: &context)
    var terms = JointTerms(output, for: configuration)
    configuration.reconstruction?.addTerms(to: &terms, of: output, slice, hiding: hiding)
    if let hierarchical = configuration.hierarchical {
      let other = drawHiding(for: slice, using: &context.generator)
      let features = model.features(slice, hiding: other, in: &context)
      hierarchical.addTerms(to: &terms, of: output, secondView: features)
    }
    return terms
  }

  /// The loss of a batch from its terms, which may be those of slices, joined.
  ///
  /// - Parameters:
  ///   - terms: What the forward pass left.
  ///   - model: The model that made them; a learned temperature is its parameter.
  ///   - threads: How many threads share the work of a large batch; the result does not depend on it.
  /// - Returns: The loss, zero when no part applies.
  public func value(of terms: JointTerms, at model: JointModel, threads: Int = 1) -> ObjectiveValue {
    ObjectiveValue(
      [
        configuration.contrast?.part(of: terms, learned: model.contrast, threads: threads),
        configuration.reconstruction?.part(of: terms), configuration.hierarchical?.part(of: terms),
        configuration.orthogonality?.part(of: terms),
      ].compactMap { $0 })
  }

  private func drawHiding(for batch: WindowBatch, using generator: inout Generator) -> [NDArray]? {
    guard let hiding = configuration.hiding else { return nil }
    var drawing = generator.split()
    return batch.layers.map { hiding.draw($0.values.shape, using: &drawing) }
  }
}

/// Some rows of a tensor; all of them for `nil`.
func select(_ x: Tensor, _ rows: [Int]?) -> Tensor { rows.map { gather(x, rows: $0) } ?? x }
