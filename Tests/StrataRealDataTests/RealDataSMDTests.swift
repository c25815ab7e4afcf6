import StrataTelemetry
import StrataTensor
import Testing

@Suite struct RealDataSMDTests {
  /// The table of entities that comes with the data: name, rows of both halves, anomalous rows, segments.
  private func entities(_ folder: String) throws -> [[String]] {
    try RealData.lines("\(folder)/entities.csv").dropFirst().map { $0.split(separator: ",").map(String.init) }
  }

  @Test func everyMachineHasTheRowsAndLabelsOfItsTable() throws {
    let folder = try RealData.folder("smd")
    let importer = try SMDImporter(folder: folder)
    let table = try entities(folder).filter { $0[1] == "1" }
    #expect(importer.runNames.count >= 12 && importer.runNames == table.map { $0[0] }.sorted())
    for row in table {
      let run = try importer.run(named: row[0])
      let (train, test) = (try #require(Int(row[2])), try #require(Int(row[3])))
      #expect(run.split == RunSplit(trainingEnd: train) && run.sampleCount == train + test)
      #expect(run.layers.map(\.channels.count).reduce(0, +) == 38)
      let labelled = Set(run.labels.flatMap { Array($0.interval) })
      #expect(labelled.count == Int(row[4]), "\(row[0])")
      #expect(labelled.allSatisfy { $0 >= train })
      #expect(run.layers.allSatisfy { series in series.values.elements.allSatisfy { $0 >= 0 && $0 <= 1 } })
    }
  }

  @Test func nearlyEverySegmentBlamesChannels() throws {
    let runs = try SMDImporter(folder: RealData.folder("smd")).runs(threads: 2)
    let labels = runs.flatMap(\.labels)
    let blamed = labels.filter { !$0.channels.isEmpty }
    #expect(blamed.count * 100 >= labels.count * 95, "\(blamed.count) of \(labels.count)")
    #expect(
      runs.allSatisfy { run in
        run.labels.allSatisfy { label in
          label.channels.allSatisfy { name in run.layers.contains { $0.channels.contains { $0.name == name } } }
        }
      })
  }

  @Test func windowsOfAllMachinesAreFinite() throws {
    let runs = try SMDImporter(folder: RealData.folder("smd")).runs(threads: 2)
    let splits = try DataSplits.byTime(runs, embargo: 64)
    let scale = RobustScale(fitting: splits.training, threads: 2)
    let training = try WindowSource(
      splits.training, scale: scale, specification: WindowSpecification(length: 64, stride: 32), threads: 2)
    let test = try WindowSet(
      splits.test, scale: scale, specification: WindowSpecification(length: 64, stride: 64), threads: 2)
    func largest<Split>(_ windows: WindowSet<Split>) -> Float {
      windows.batches(of: 256).map { batch in
        windows.batch(batch).layers.map { $0.values.elements.map(\.magnitude).max()! }.max()!
      }.max()!
    }
    #expect(largest(training) < 20 && largest(test) < 40)
    // Every test sample is covered.
    for segment in test.segments {
      #expect(test.origin(segment.windows.upperBound - 1).end == segment.samples.upperBound)
    }
  }
}
