public import StrataTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A folder that holds a training state: `model.safetensors`, `optimizer.safetensors`, `average.safetensors` where there
/// is an average, `configuration.json`, `state.json`, and a manifest with their checksums.
public struct Checkpoint: Sendable {
  static let modelFile = "model.safetensors"
  static let optimizerFile = "optimizer.safetensors"
  static let averageFile = "average.safetensors"
  static let configurationFile = "configuration.json"

  /// The folder.
  public let path: String
  /// The number of updates made before it was written.
  public var step: Int { record.step }
  /// The configuration it was written with.
  public let configuration: String
  /// The digest of the training data.
  public var dataDigest: String { record.data }
  let record: CheckpointRecord

  /// Opens a checkpoint and compares every file with its checksum.
  ///
  /// - Throws: `TrainingFileError` naming the file that is missing, cut short or damaged.
  public init(opening path: String) throws(TrainingFileError) {
    try CheckpointManifest(reading: path).verify(path)
    self.path = path
    record = try CheckpointRecord(reading: path)
    configuration = String(decoding: try DurableFiles.read("\(path)/\(Self.configurationFile)"), as: UTF8.self)
  }

  /// The newest usable checkpoint in a folder, and why newer ones are not.
  public struct Search: Sendable {
    /// The newest one that is whole, if there is any.
    public let checkpoint: Checkpoint?
    /// The unusable ones, by the names of their folders.
    public let ignored: [(name: String, reason: String)]
  }

  /// Looks for the newest checkpoint that is whole. A folder that does not exist holds none.
  public static func latest(in folder: String) -> Search {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted(by: >)
    var ignored = names.filter(isUnfinished).map { (name: $0, reason: "it was not finished") }
    for name in names where step(of: name) != nil {
      do throws(TrainingFileError) {
        return Search(checkpoint: try Checkpoint(opening: "\(folder)/\(name)"), ignored: ignored)
      } catch {
        ignored.append((name, "\(error)"))
      }
    }
    return Search(checkpoint: nil, ignored: ignored)
  }

  /// Replaces a state by the one saved here.
  ///
  /// - Throws: `TrainingFileError` when parameters, optimiser or average are not those of `state`; then `state` is
  ///   unchanged.
  public func restore<Model: Module>(_ state: inout TrainingState<Model>) throws(TrainingFileError) {
    var restored = state
    try restored.trained.base.restoreParameters(from: "\(path)/\(Self.modelFile)")
    let kind = "\(type(of: state.optimizer))"
    guard record.optimizer.kind == kind else {
      throw TrainingFileError(problem: "was made with \(record.optimizer.kind), not with \(kind)", path: path)
    }
    let arrays = try Self.arrays(in: "\(path)/\(Self.optimizerFile)")
    let parameters = restored.trained.namedArrays().map { (name: $0.name, shape: $0.array.shape) }
    do throws(OptimizerStateError) {
      try restored.optimizer.state.restore(step: record.optimizer.step, arrays: arrays, for: parameters)
    } catch {
      throw TrainingFileError(problem: "\(error)", path: "\(path)/\(Self.optimizerFile)")
    }
    guard record.average?.decay == state.average?.decay else {
      throw TrainingFileError(problem: "was made with another decay of the average", path: path)
    }
    if let average = record.average {
      try restored.average?.model.restoreParameters(from: "\(path)/\(Self.averageFile)")
      restored.average?.updateCount = average.updates
    }
    (restored.step, restored.generator, restored.best) = (record.step, record.generator, record.best)
    state = restored
  }

  /// The name of the folder of a step; names sort as their steps do.
  static func name(ofStep step: Int) -> String {
    "step-" + padded(step, to: 9)
  }

  static func step(of name: String) -> Int? { name.hasPrefix("step-") ? Int(name.dropFirst(5)) : nil }

  /// Whether a name is that of a checkpoint that was not whole when its process ended.
  static func isUnfinished(_ name: String) -> Bool { name.hasPrefix(".step-") && name.hasSuffix(".partial") }
}
