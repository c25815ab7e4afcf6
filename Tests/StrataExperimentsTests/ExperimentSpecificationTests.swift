import Foundation
import StrataDiagnosis
import StrataExperiments
import StrataTelemetry
import TestSupport
import Testing

@Suite struct ExperimentSpecificationTests {
  /// A whole specification with one line replaced.
  private static func text(_ old: String = "", _ new: String = "") -> String {
    let head = """
      title: A test
      seeds: [1, 2]
      resamples: 100
      data:
        - {name: tiny, format: asd, folder: tiny, periodChannel: compute/metric_01}
      baselines: [random, l2-norm, pca]
      sums:
        - {name: both, parts: [l2-norm, pca]}
      smoke: {data: tiny, methods: [l2-norm], tolerance: 0.01}
      split: {embargo: 64, validation: 0.2}
      alarms: {budget: 10, mergeGap: 600}

      """
    return head.replacingOccurrences(of: old, with: new)
  }

  private func read(_ text: String) throws -> ExperimentSpecification {
    let folder = TemporaryFolder()
    try folder.write(text, to: "experiment.yaml")
    return try ExperimentSpecification(contentsOf: folder("experiment.yaml"))
  }

  @Test func readsEverything() throws {
    let specification = try read(Self.text())
    #expect(specification.seeds == [1, 2])
    #expect(specification.baselines == [.random, .norm, .pca])
    #expect(specification.sums == [ExperimentSpecification.Sum(name: "both", parts: [.norm, .pca])])
    #expect(specification.embargo == 64 && specification.alarms == AlarmPolicy(budget: 10, mergeGap: 600))
  }

  @Test func layoutDoesNotChangeTheHash() throws {
    #expect(try read(Self.text()).hash == read(Self.text("seeds: [1, 2]", "seeds: [1,   2]   # two")).hash)
    #expect(try read(Self.text()).hash != read(Self.text("seeds: [1, 2]", "seeds: [1, 3]")).hash)
  }

  @Test(arguments: [
    ("seeds: [1, 2]", "seeds: [1, 1]", ":2: 'seeds' needs at least one seed, each once"),
    ("parts: [l2-norm, pca]", "parts: [k-means]", "the sum 'both' needs parts that are among the baselines"),
    ("smoke: {data: tiny", "smoke: {data: huge", "there is no data set 'huge'"),
    ("title: A test", "titel: A test", "'title' is missing"),
    ("resamples: 100\n", "resamples: 100\ncolour: red\n", "unknown key 'colour'"),
  ])
  func mistakesNameTheirPlace(old: String, new: String, message: String) {
    let error = #expect(throws: ConfigurationError.self) { try read(Self.text(old, new)) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "nothing was thrown")")
  }
}
