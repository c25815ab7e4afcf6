import Foundation
import StrataExperiments
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

/// A format of data sets that the library does not know, from the specification of an experiment to its runs.
///
/// In a process of its own: what is registered stays registered.
@Suite struct RegisteredFormatTests {
  private static let text = """
    title: A test
    seeds: [1]
    resamples: 100
    data:
      - {name: tiny, format: lines, folder: tiny, periodChannel: compute/value}
    baselines: [l2-norm]
    smoke: {data: tiny, methods: [l2-norm], tolerance: 0.01}
    split: {embargo: 64, validation: 0.2}
    alarms: {budget: 10, mergeGap: 600}
    """

  @Test func anExperimentReadsAFormatOfOnesOwn() async {
    await #expect(processExitsWith: .success) {
      try withTemporaryFolder { folder in
        let specification = "\(folder)/experiment.yaml"
        try write(RegisteredFormatTests.text, to: specification)
        let unknown = #expect(throws: ConfigurationError.self) {
          try ExperimentSpecification(contentsOf: specification)
        }
        try #require(
          unknown?.problem == "'data[0].format' must be smd, asd, jumpstarter or ldms, found 'lines'")
        DataSetFormat.register(LineImporter.self)
        let source = try ExperimentSpecification(contentsOf: specification).data[0]
        try FileManager.default.createDirectory(atPath: "\(folder)/tiny", withIntermediateDirectories: true)
        try write("1\n2\n4\n", to: "\(folder)/tiny/a.txt")
        let runs = try source.load(from: folder, threads: 1)
        try #require(runs.map(\.name) == ["a"] && runs[0].layers[0].values.elements == [1, 2, 4])
      }
    }
  }

  @Test func aFormatThatNobodyReadsIsSaid() {
    #expect { try DataSetFormat.importer(of: "smt", in: "x") } throws: {
      "\($0)" == "x: nobody reads the format 'smt'; known: smd, asd, jumpstarter, ldms; did you mean 'smd'?"
    }
  }
}

/// One number per line, one file per run.
private struct LineImporter: DataSetImporter {
  static let format = "lines"
  let folder: String
  let runNames: [String]

  init(folder: String) throws(TelemetryFileError) {
    self.folder = folder
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    runNames = names.filter { $0.hasSuffix(".txt") }.map { String($0.dropLast(4)) }.sorted()
  }

  func run(named name: String) throws(TelemetryFileError) -> Run {
    guard let text = try? String(contentsOfFile: "\(folder)/\(name).txt", encoding: .utf8) else {
      throw TelemetryFileError("cannot be read", source: name)
    }
    let values = text.split(separator: "\n").compactMap { Float($0) }
    return Run(
      name: name, start: 0, interval: 1, sampleCount: values.count,
      layers: [
        LayerSeries(
          layer: .compute, entities: ["host"], channels: [Channel(name: "value")],
          values: NDArray([values.count, 1, 1], values))
      ])
  }
}
