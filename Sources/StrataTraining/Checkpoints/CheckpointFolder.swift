import StrataTelemetry
import StrataTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where a training keeps its checkpoints, and the configuration that goes into each.
public struct CheckpointFolder: Sendable {
  /// The folder that holds one folder per checkpoint; it is created when the first one is written.
  public let path: String
  /// The whole configuration, as JSON; a training resumes only with an equal one.
  public let configuration: String

  /// - Parameters:
  ///   - path: The folder.
  ///   - configuration: The whole configuration, as JSON, such as `ConfigurationNode.canonicalText`.
  public init(path: String, configuration: String) { (self.path, self.configuration) = (path, configuration) }

  /// Writes a checkpoint aside, waits until it is on the disk, gives it its name, and removes old ones.
  ///
  /// A crash at any moment leaves the earlier checkpoints as they were.
  ///
  /// - Parameters:
  ///   - keeping: How many checkpoints remain, this one included; older ones are removed.
  ///   - data: The digest of the training data.
  func write<Model: Module>(
    _ state: TrainingState<Model>, keeping: Int, data: String
  ) throws(TrainingFileError) -> Checkpoint {
    let final = "\(path)/\(Checkpoint.name(ofStep: state.step))"
    try DurableFiles.createFolder(path)
    let aside: AsideFolder
    do throws(FileError) { aside = try AsideFolder(for: final) } catch { throw TrainingFileError(error) }
    try write(state, data: data, to: aside.path)
    do throws(FileError) { try aside.complete(replacing: true, durably: true) } catch { throw TrainingFileError(error) }
    try removeOld(keeping: keeping)
    return try Checkpoint(opening: final)
  }

  /// Writes the files of a checkpoint, the manifest last.
  private func write<Model: Module>(
    _ state: TrainingState<Model>, data: String, to folder: String
  ) throws(TrainingFileError) {
    var names = [
      Checkpoint.modelFile, Checkpoint.optimizerFile, Checkpoint.configurationFile, CheckpointRecord.fileName,
    ]
    try Checkpoint.write(state.model.namedArrays(), to: "\(folder)/\(names[0])")
    try Checkpoint.write(state.optimizer.state.namedArrays(), to: "\(folder)/\(names[1])")
    try DurableFiles.write(Data(configuration.utf8), to: "\(folder)/\(names[2])")
    try DurableFiles.write(
      try CheckpointRecord.encode(CheckpointRecord(of: state, data: data)), to: "\(folder)/\(names[3])")
    if let average = state.average {
      names.append(Checkpoint.averageFile)
      try Checkpoint.write(average.model.namedArrays(), to: "\(folder)/\(Checkpoint.averageFile)")
    }
    try DurableFiles.write(
      try CheckpointManifest(of: names, in: folder).json, to: "\(folder)/\(CheckpointManifest.fileName)")
  }

  private func removeOld(keeping: Int) throws(TrainingFileError) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let finished = names.filter { Checkpoint.step(of: $0) != nil }.sorted(by: >)
    for name in finished.dropFirst(keeping) + names.filter(Checkpoint.isUnfinished) {
      try DurableFiles.remove("\(path)/\(name)")
    }
  }
}
