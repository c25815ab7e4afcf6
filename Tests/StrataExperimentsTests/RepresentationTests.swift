import StrataDiagnosis
import StrataExperiments
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct RepresentationTests {
  private static let text = """
    title: Test
    representation:
      preset: small
      seeds: [1, 2]
      pipeline: [window.length=16, window.stride=16, split.embargo=16, training.epochs=1, model.encoder.width=8]
    smoke: {seed: 2, tolerance: 0.05}

    """

  /// Simulates, trains, judges, writes, and finds a committed number that was changed.
  @Test func runsAndIsChecked() throws {
    let folder = TemporaryFolder()
    try writeAtomically(Array(Self.text.utf8), to: "\(folder.path)/experiment.yaml")
    let experiment = try ExperimentFolder(folder.path).experiment()
    try experiment.run(dataRoot: folder.path, threads: 2) { _ in }
    let rows = try #require(experiment as? RepresentationExperiment).committedRows()
    let names = ["samples", "untrained features", "untrained embedding", "trained features", "trained embedding"]
    #expect(Set(rows.map(\.representation)) == Set(names) && Set(rows.map(\.seed)) == [1, 2])
    for row in rows {
      switch row.quantity {
      case .rankMe: #expect(row.value >= 1)
      case .uniformity: #expect(row.value <= 0)
      case .alignment: #expect((0...4).contains(row.value))
      default: #expect((0...1).contains(row.value))
      }
    }
    // Training changes what the model says.
    func values(_ name: String) -> [Double] { rows.filter { $0.representation == name }.map(\.value) }
    #expect(values(names[1]) != values(names[3]) && values(names[2]) != values(names[4]))
    #expect(try experiment.tableText().contains("| trained embedding − samples | "))
    #expect(try experiment.verify(dataRoot: folder.path, threads: 1) { _ in }.isEmpty)
  }
}
