import StrataModel
public import StrataTelemetry
import StrataTensor

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

extension FrozenModel {
  /// Reads a trained model: a run folder or a checkpoint. Both hold `model.safetensors`, whose metadata (`configuration`)
  /// or `configuration.json` beside it say how the model is built.
  ///
  /// - Parameters:
  ///   - url: The folder.
  ///   - precision: What its products are computed in.
  ///   - calibration: For int8, windows like those the model will see; see ``FrozenModel/init(_:precision:calibration:)``.
  /// - Throws: `FileError` when the folder has no configuration or no weights, `ConfigurationError` for settings that
  ///   cannot be read, `SafetensorsError` for damaged weights, `WeightError` for weights of another model, and
  ///   ``FreezingError`` for a part that has no frozen form.
  /// - Precondition: Int8 is given windows to calibrate with, and every value in them is finite.
  public init(contentsOf url: URL, precision: Precision = .fp32, calibration: WindowBatch? = nil) throws {
    let weights = url.appending(path: "model.safetensors").path
    guard FileManager.default.fileExists(atPath: weights) else {
      throw FileError("has no model.safetensors: training has not finished", path: url.path)
    }
    let beside = url.appending(path: "configuration.json").path
    let text: String
    if let metadata = try SafetensorsFile(contentsOf: weights).metadata["configuration"] {
      text = metadata
    } else if let data = FileManager.default.contents(atPath: beside) {
      text = String(decoding: data, as: UTF8.self)
    } else {
      throw FileError(
        "does not say how its model is built; give the folder that 'strata train' wrote", path: url.path)
    }
    let root = try ConfigurationNode(parsingJSON: text, source: url.path)
    let configuration = try ModelConfiguration(root.node("model"))
    try self.init(
      JointModel(configuration, weightsAt: weights), precision: precision, calibration: calibration)
  }
}
