import StrataInference
public import StrataModel
import StrataNeural
public import StrataTelemetry
public import StrataTensor

/// The joint embeddings of windows, and where each was cut.
public struct WindowEmbeddings: Sendable {
  /// Unit vectors of shape `[window, latent]`.
  public let vectors: NDArray
  /// Where each window was cut.
  public let origins: [WindowOrigin]

  /// How many windows pass through the model together.
  private static let batchSize = 64

  /// Embeds every window of a set, in its order.
  ///
  /// The result does not depend on `threads`. The frozen form of the model does the work; a model with a part that has none
  /// does it itself.
  ///
  /// - Parameters:
  ///   - windows: What is embedded.
  ///   - model: A trained model.
  ///   - layer: The layer whose own embedding is taken; `nil` for the joint one of all layers.
  ///   - threads: How many threads work.
  /// - Precondition: The model knows the layer and was built for the windows' scale.
  public init<Split>(
    _ model: JointModel, _ windows: WindowSet<Split>, layer: TelemetryLayer? = nil, threads: Int
  ) {
    require(layer.map(model.layers.contains) ?? true, "WindowEmbeddings: the model has no layer \(layer!)")
    let batches = windows.batches(of: Self.batchSize)
    // Freezing fails for one reason, a part without a frozen form.
    let frozen = try? FrozenModel(model)
    let parts = parallelMap(count: batches.count, threads: threads) { index in
      let batch = windows.batch(batches[index])
      if let frozen { return layer.map { frozen.details(of: batch)[$0]!.embedding } ?? frozen.embed(batch).joint }
      var context = ForwardContext.inference
      let output = model(batch, in: &context)
      return (layer.map { output[$0]!.embedding } ?? output.joint).value
    }
    vectors =
      parts.isEmpty ? NDArray([0, model.configuration.embedding.latent], []) : concatenate(parts, axis: 0)
    origins = (0..<windows.count).map(windows.origin)
  }
}

extension PreparedTelemetry {
  /// The joint embeddings of the windows of test time, at the configured stride.
  public func testEmbeddings(of model: JointModel) throws(WindowError) -> WindowEmbeddings {
    WindowEmbeddings(model, try testWindows(), threads: threads)
  }
}
