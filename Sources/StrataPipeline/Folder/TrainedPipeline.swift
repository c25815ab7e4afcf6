public import StrataDiagnosis
public import StrataModel
public import StrataTelemetry
import StrataTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A trained joint model with everything that is needed to use it: what a run folder holds.
public struct TrainedPipeline: Sendable {
  /// What decided everything else.
  public let configuration: PipelineConfiguration
  /// How samples become numbers; fixes the layers and channels of the model.
  public let scale: RobustScale
  /// The trained model.
  public let model: JointModel
  /// What it was made with.
  public let provenance: Provenance

  /// Keeps the parts together.
  public init(configuration: PipelineConfiguration, scale: RobustScale, model: JointModel, provenance: Provenance) {
    (self.configuration, self.scale, self.model, self.provenance) = (configuration, scale, model, provenance)
  }

  /// Reads a run folder in which training has finished.
  ///
  /// - Throws: `RunFolderError` for a file that is missing or damaged, `ConfigurationError`, `SafetensorsError`, and
  ///   `WeightError` for weights that are not those of the configured model.
  public init(opening folder: RunFolder) throws {
    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
    guard exists(folder.configuration) else {
      throw RunFolderError(
        "is not a run folder: there is no config.yaml; make one with 'strata train'", at: folder.path)
    }
    guard exists(folder.model) else {
      throw RunFolderError(
        "has no model.safetensors: training has not finished; continue it with 'strata train --resume auto'",
        at: folder.path)
    }
    configuration = try PipelineConfiguration(contentsOf: folder.configuration)
    scale = try Self.decode(RobustScale.self, from: folder.scale)
    provenance = try Self.decode(Provenance.self, from: folder.environment)
    model = try JointModel(configuration.model, channels: scale.channelCounts, weightsAt: folder.model)
  }

  /// Writes what is known before training: configuration, environment and scale.
  public static func begin(
    _ folder: RunFolder, configuration: PipelineConfiguration, scale: RobustScale, provenance: Provenance
  ) throws {
    try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    try writeAtomically(Array(configuration.text.utf8), to: folder.configuration)
    try encode(provenance, to: folder.environment)
    try encode(scale, to: folder.scale)
  }

  /// Writes the whole folder, the weights last.
  public func write(to folder: RunFolder) throws {
    try Self.begin(folder, configuration: configuration, scale: scale, provenance: provenance)
    try SafetensorsFile.write(
      model.namedArrays().map { ($0.name, $0.array) },
      metadata: ["format": "pt", "configuration": configuration.canonicalText], to: folder.model)
  }

  /// Divides runs by time and sees them through the scale that the model was trained with.
  public func prepare(_ runs: [Run], threads: Int) throws(WindowError) -> PreparedTelemetry {
    try PreparedTelemetry(runs, scale: scale, configuration: configuration, threads: threads)
  }

  private static func decode<Value: Decodable>(_ type: Value.Type, from path: String) throws(RunFolderError) -> Value {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw RunFolderError("cannot be read; make the folder again with 'strata train'", at: path)
    }
    do { return try JSONDecoder().decode(type, from: data) } catch {
      throw RunFolderError("is damaged; make the folder again with 'strata train'", at: path)
    }
  }

  private static func encode(_ value: some Encodable, to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try writeAtomically(Array(try encoder.encode(value)) + [UInt8(ascii: "\n")], to: path)
  }
}
