import Foundation
import StrataDiagnosis
import StrataModel
import StrataPipeline
import StrataTelemetry
import StrataTensor
import StrataTraining
import TestSupport
import Testing

@Suite struct CorpusTrainingTests {
  private static let settings = ["split={by: corpus}", "training.steps=12", "training.validation={every: 6}"]

  /// Three runs for training, one for validation and one for test.
  private func withCorpus(_ body: (_ folder: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      var entries: [String] = []
      for (seed, split) in ["train", "train", "train", "validation", "test"].enumerated() {
        try FileManager.default.createDirectory(atPath: "\(folder)/\(split)", withIntermediateDirectories: true)
        var run = SampleCluster(seed: UInt64(seed + 1)).run()
        run.name = "run-\(seed)"
        let store = "\(split)/\(run.name).zarr"
        try RunStore.write(run, to: "\(folder)/\(store)")
        entries.append(
          #"{"name": "\#(run.name)", "split": "\#(split)", "store": "\#(store)", "contentHash": "\#(run.contentHash)"}"#
        )
      }
      let manifest = """
        {"format": "\(Corpus.format)", "planned": \(entries.count), "runs": [\(entries.joined(separator: ","))]}
        """
      try write(manifest, to: "\(folder)/\(Corpus.manifestName)")
      try body(folder)
    }
  }

  @Test func aModelLearnsFromTheTrainingRunsOnly() throws {
    try withCorpus { folder in
      // What is for test is not even opened.
      try FileManager.default.removeItem(atPath: "\(folder)/test")
      let data = try TrainingData(
        Corpus(opening: folder), configuration: pipeline(overriding: Self.settings), threads: 2)
      #expect(data.task.parts.map(\.source) == ["run-0", "run-1", "run-2"])
      let session = try TrainingSession(data, folder: RunFolder("\(folder)/model"), threads: 2)
      var visited: [String] = []
      let outcome = try session.run { if case .visited(let visit) = $0 { visited.append(visit.source) } }
      guard case .finished(let result) = outcome else { return #expect(Bool(false), "was interrupted") }
      let losses = result.curve.training.map(\.loss)
      #expect(losses.last! < losses.first! && result.curve.validation.count == 2)
      #expect(Set(visited).isSubset(of: ["run-0", "run-1", "run-2"]))
      #expect(result.pipeline.scale.layers.allSatisfy { $0.entities.isEmpty })
      // Another cluster is seen through the scales of its roles.
      let embeddings = WindowEmbeddings(
        result.pipeline.model,
        try WindowSet(
          TestSplit(everythingIn: [SampleCluster(seed: 9).run()]), scale: result.pipeline.scale,
          specification: data.configuration.window), threads: 1)
      #expect(embeddings.vectors.elements.allSatisfy { $0.isFinite })
    }
  }

  @Test func theResultDoesNotDependOnThreads() throws {
    try withCorpus { folder in
      let models = try [1, 3].map { threads in
        let data = try TrainingData(
          Corpus(opening: folder), configuration: pipeline(overriding: Self.settings), threads: threads)
        let session = try TrainingSession(data, folder: RunFolder("\(folder)/\(threads)"), threads: threads)
        guard case .finished(let result) = try session.run() else { return [UInt32]() }
        return result.pipeline.model.namedArrays().flatMap { $0.array.elements.map(\.bitPattern) }
      }
      #expect(models[0] == models[1] && !models[0].isEmpty)
    }
  }

  @Test func theHashOfTheDataIsThatOfTheManifest() throws {
    try withCorpus { folder in
      let corpus = try Corpus(opening: folder)
      let data = try TrainingData(corpus, configuration: pipeline(overriding: Self.settings), threads: 1)
      let runs = try CorpusSplit.allCases.flatMap { try corpus.stores(for: $0) }.map { try $0.read() }
      #expect(data.provenance.dataHash == Provenance.hash(of: runs))
    }
  }

  @Test func aStoreThatIsGoneIsNamed() throws {
    try withCorpus { folder in
      try FileManager.default.removeItem(atPath: "\(folder)/train/run-1.zarr")
      #expect {
        try TrainingData(Corpus(opening: folder), configuration: pipeline(overriding: Self.settings), threads: 1)
      } throws: {
        "\($0)".hasPrefix("\(folder)/train/run-1.zarr: ")
      }
    }
  }
}
