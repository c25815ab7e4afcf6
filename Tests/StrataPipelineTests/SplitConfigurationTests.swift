import StrataDiagnosis
import StrataPipeline
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct SplitConfigurationTests {
  @Test func everyWayIsRead() throws {
    #expect(try pipeline("split={by: time, embargo: 30, validation: 0.1}").split == .time(embargo: 30, validation: 0.1))
    #expect(
      try pipeline("split={by: run, validation: [a], test: [b, c]}").split == .run(validation: ["a"], test: ["b", "c"]))
    #expect(
      try pipeline("split={by: entity, test: [c0/host1]}").split == .entity(validation: [], test: ["c0/host1"]))
    let corpus = try pipeline("split={by: corpus}")
    #expect(corpus.split == .corpus && corpus.statesSplit)
    #expect(try pipeline().splitByCorpus().canonicalText == corpus.canonicalText)
  }

  @Test(arguments: [
    ("split={by: rum}", "'split.by' must be time, run, entity or corpus, found 'rum'; did you mean 'run'?"),
    ("split={by: run, test: [a], validation: [a]}", "'a' is named for validation and for test"),
    ("split={by: run, test: a}", "'split.test' must be a list, found 'a'"),
    ("split={by: entity, test: ['']}", "'split.test[0]' must be the path of an entity, found ''"),
    ("split={by: corpus, embargo: 3}", "unknown key 'embargo' in 'split'; known: by"),
  ]) func aWrongSplitIsReported(override: String, problem: String) {
    #expect { try pipeline(override) } throws: { "\($0)" == "--set \(override): \(problem)" }
  }

  private func run(_ name: String, seed: UInt64) -> Run {
    var run = SampleCluster(seed: seed).run()
    run.name = name
    return run
  }

  @Test func wholeRunsAreHeldOut() throws {
    let runs = [run("a", seed: 1), run("b", seed: 2), run("c", seed: 3)]
    let configuration = try pipeline("split={by: run, validation: [b], test: [c]}")
    let prepared = try PreparedTelemetry(runs, configuration: configuration, threads: 1)
    #expect(try prepared.trainingWindows().segments.map { prepared.splits.training.runs[$0.run].name } == ["a", "a"])
    #expect(try prepared.validationWindows().segments.map(\.run) == [1, 1])
    #expect(try prepared.testWindows().segments.map(\.run) == [2, 2])
    // The scale is that of the training runs alone.
    let alone = try PreparedTelemetry([runs[0]], configuration: pipeline("split={by: run}"), threads: 1)
    #expect(prepared.scale == alone.scale)
    #expect(configuration.split.cleanTime(of: runs).map(\.name) == ["a", "b"])
    #expect(throws: WindowError("there is no run 'night'")) {
      try PreparedTelemetry(runs, configuration: pipeline("split={by: run, test: [night]}"), threads: 1)
    }
  }

  @Test func entitiesAreHeldOutInEveryRun() throws {
    let runs = [run("a", seed: 1), run("b", seed: 2)]
    let configuration = try pipeline("split={by: entity, test: [c0/host1]}")
    let prepared = try PreparedTelemetry(runs, configuration: configuration, threads: 1)
    #expect(try Set(prepared.trainingWindows().segments.map(\.entity)) == ["c0/host0"])
    #expect(try Set(prepared.testWindows().segments.map(\.entity)) == ["c0/host1"])
    #expect(try prepared.validationWindows().count == 0)
    #expect(prepared.scale.layers.allSatisfy { $0.entities.keys.map(\.description) == ["c0/host0"] })
    let clean = configuration.split.cleanTime(of: runs)
    #expect(clean.allSatisfy { $0.entities == ["c0/host0"] && $0.sampleCount == SampleCluster.trainingEnd })
    #expect(throws: WindowError("no run has the entity 'c0/host7'")) {
      try PreparedTelemetry(runs, configuration: pipeline("split={by: entity, test: [c0/host7]}"), threads: 1)
    }
  }

  @Test func runsInMemoryAreNoCorpus() throws {
    let message = "'split.by' is corpus, and there is no manifest of a corpus: give the folder of a corpus"
    #expect(throws: WindowError(message)) {
      try PreparedTelemetry([run("a", seed: 1)], configuration: pipeline("split={by: corpus}"), threads: 1)
    }
  }

  /// Channels that say what the job is doing are seen by models.
  @Test func covariatesStayInTheWindows() throws {
    let configuration = try pipeline("scale.covariates=[physical/power, application/rate]")
    let prepared = try PreparedTelemetry([run("a", seed: 1)], configuration: configuration, threads: 2)
    #expect(prepared.scale.covariatePositions == [1, 5])
    let batch = try prepared.trainingWindows().batch([0])
    #expect(batch[.application]?.values.elements.contains { $0 != 0 } == true)
    let message = "the covariate 'physical/powr' is no channel of the runs; did you mean 'physical/power'?"
    #expect(throws: WindowError(message)) {
      try PreparedTelemetry(
        [run("a", seed: 1)], configuration: pipeline("scale.covariates=[physical/powr]"), threads: 1)
    }
  }
}
