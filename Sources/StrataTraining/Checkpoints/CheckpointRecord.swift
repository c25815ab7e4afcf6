import StrataTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `state.json`: what a training state holds besides arrays.
struct CheckpointRecord: Codable {
  struct OptimizerRecord: Codable {
    let kind: String
    let step: Int
  }

  struct AverageRecord: Codable {
    let decay: Double
    let updates: Int
  }

  static let fileName = "state.json"

  var format = 1
  let step: Int
  let generator: Generator
  /// The digest of the training data.
  let data: String
  let best: BestEvaluation?
  let optimizer: OptimizerRecord
  let average: AverageRecord?

  init<Model: Module>(of state: TrainingState<Model>, data: String) {
    (step, generator, self.data, best) = (state.step, state.generator, data, state.best)
    optimizer = OptimizerRecord(kind: "\(type(of: state.optimizer))", step: state.optimizer.state.step)
    average = state.average.map { AverageRecord(decay: $0.decay, updates: $0.updateCount) }
  }

  init(reading folder: String) throws(TrainingFileError) {
    let path = "\(folder)/\(Self.fileName)"
    let data = try DurableFiles.read(path)
    do { self = try JSONDecoder().decode(Self.self, from: data) } catch {
      throw TrainingFileError(problem: "is not a training state: \(error)", path: path)
    }
    guard format == 1 else { throw TrainingFileError(problem: "has format \(format), expected 1", path: path) }
  }

  /// Stable, readable JSON.
  static func encode(_ value: some Encodable) throws(TrainingFileError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do { return try encoder.encode(value) } catch {
      throw TrainingFileError(problem: "cannot be encoded: \(error)", path: fileName)
    }
  }
}
