import Foundation
import StrataExperiments
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

/// A made-up data set of two servers in the layout of ASD, and an experiment on it, in a folder of their own.
private final class TinyExperiment {
  private let place = TemporaryFolder()
  var root: String { place.path }
  var folder: String { place("experiment") }

  init() throws {
    for folder in ["train", "test", "test_label", "interpretation_label"] {
      try FileManager.default.createDirectory(
        atPath: "\(root)/data/tiny/\(folder)", withIntermediateDirectories: true)
    }
    for server in ["a", "b"] {
      try NumPyArray.write(Self.series(length: 600, seed: server == "a" ? 1 : 2), to: path("train", server, "npy"))
      try writeTestHalf(of: server, seed: server == "a" ? 3 : 4)
      let labels = (0..<300).map { (100..<130).contains($0) ? "1" : "0" }.joined(separator: "\n")
      try labels.write(toFile: path("test_label", server, "txt"), atomically: true, encoding: .utf8)
      try "100-129:2\n".write(toFile: path("interpretation_label", server, "txt"), atomically: true, encoding: .utf8)
    }
    try place.write(Self.specification, to: "experiment/experiment.yaml")
  }

  func path(_ part: String, _ server: String, _ type: String) -> String {
    "\(root)/data/tiny/\(part)/\(server).\(type)"
  }

  func writeTestHalf(of server: String, seed: UInt64) throws {
    var values = Self.series(length: 300, seed: seed)
    values.withMutableElements { x in for time in 100..<130 { x[time * 3 + 1] += 3 } }
    try NumPyArray.write(values, to: path("test", server, "npy"))
  }

  func experiment() throws -> DetectionExperiment { try DetectionExperiment(ExperimentFolder(folder)) }

  private static func series(length: Int, seed: UInt64) -> NDArray {
    var generator = Generator(seed: seed)
    return NDArray([length, 3]) { x in
      for time in 0..<length {
        let common = sin(Float(time) / 9)
        for channel in 0..<3 { x[time * 3 + channel] = common * Float(channel + 1) + 0.1 * generator.normal() }
      }
    }
  }

  private static let specification = """
    title: A tiny experiment
    seeds: [1, 2]
    resamples: 100
    data:
      - {name: tiny, format: asd, folder: tiny, periodChannel: compute/metric_01}
    baselines: [random, l2-norm, pca]
    sums:
      - {name: both, parts: [l2-norm, pca]}
    smoke: {data: tiny, methods: [l2-norm, strata], tolerance: 0.000001}
    split: {embargo: 16, validation: 0.3}
    alarms: {budget: 1000, mergeGap: 600}

    """
}

@Suite struct ExperimentTests {
  @Test func runningLeavesRowsATableAndAManifestThatVerify() throws {
    let tiny = try TinyExperiment()
    let experiment = try tiny.experiment()
    try experiment.run(dataRoot: tiny.root + "/data", threads: 2) { _ in }

    let rows = try experiment.committedRows()
    // Two servers: random and the fitted detector with both seeds, the others once.
    #expect(rows.count == 2 * (2 + 1 + 1 + 1 + 2))
    #expect(rows.allSatisfy { (0...1).contains($0.values[.vusPR]!) })
    let table = try String(contentsOfFile: tiny.folder + "/results/table.md", encoding: .utf8)
    #expect(table.contains("| strata | 2 |") && table.contains("| both | 1 |"))
    let manifest = try JSONDecoder().decode(
      Manifest.self, from: Data(contentsOf: URL(fileURLWithPath: tiny.folder + "/results/manifest.json")))
    #expect(manifest.seeds == [1, 2] && manifest.data["tiny"]?.count == 64)
    #expect(manifest.configuration == experiment.specification.hash)

    // One thread gives what two gave.
    #expect(try experiment.verify(dataRoot: tiny.root + "/data", threads: 1) { _ in }.isEmpty)
  }

  @Test func aChangedRowIsFound() throws {
    let tiny = try TinyExperiment()
    let experiment = try tiny.experiment()
    try experiment.run(dataRoot: tiny.root + "/data", threads: 2) { _ in }
    let path = tiny.folder + "/results/runs.csv"
    let rows = try experiment.committedRows().map { row in
      var row = row
      if row.method == "l2-norm", row.entity == "asd/b" { row.values[.vusPR]! += 0.5 }
      return row
    }
    try ResultRow.text(of: rows).write(toFile: path, atomically: true, encoding: .utf8)
    let deviations = try experiment.verify(dataRoot: tiny.root + "/data", threads: 2) { _ in }
    #expect(deviations.count == 1)
    #expect(deviations.first?.hasPrefix("tiny, l2-norm, seed 1, asd/b: vus_pr is ") == true)
  }

  @Test func aFolderWithoutSpecificationIsAnError() {
    let error = #expect(throws: ExperimentError.self) { try ExperimentFolder("/nowhere") }
    #expect(error?.description == "/nowhere: there is no experiment.yaml here")
  }
}
