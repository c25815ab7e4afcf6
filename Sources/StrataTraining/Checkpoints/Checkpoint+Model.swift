public import StrataModel
import StrataTelemetry
public import StrataTensor

/// Models from checkpoints, without a trainer and without data.
extension Checkpoint {
  /// Replaces the parameters of a model by those saved here.
  ///
  /// - Parameters:
  ///   - model: A model with the parameters of the one that was trained; unchanged after an error.
  ///   - averaged: Whether the average is taken where there is one, as a training does for its result; else the latest
  ///     parameters are.
  /// - Throws: `TrainingFileError` when the parameters are those of another model, or the file cannot be read.
  public func load<Model: Module>(into model: inout Model, averaged: Bool = true)
    throws(TrainingFileError)
  {
    try model.restoreParameters(from: modelPath(averaged: averaged))
  }

  /// Builds the joint model saved here from the configuration saved beside it.
  ///
  /// ```swift
  /// let model = try Checkpoint(opening: "run/checkpoints/step-000004000").jointModel()
  /// ```
  ///
  /// - Parameter averaged: Whether the average is taken where there is one; else the latest parameters are.
  /// - Throws: `ConfigurationError` when the configuration has no `model` section that can be read (a part of a kind of
  ///   one's own is registered before), `FileError`, `SafetensorsError` or `WeightError` when the parameters are not
  ///   those of such a model.
  public func jointModel(averaged: Bool = true) throws -> JointModel {
    let root = try ConfigurationNode(
      parsingJSON: configuration, source: "\(path)/\(Self.configurationFile)")
    return try JointModel(
      ModelConfiguration(root.node("model")), weightsAt: modelPath(averaged: averaged))
  }

  private func modelPath(averaged: Bool) -> String {
    "\(path)/\(averaged && record.average != nil ? Self.averageFile : Self.modelFile)"
  }
}
