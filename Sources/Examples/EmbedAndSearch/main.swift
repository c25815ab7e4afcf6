import Strata

// Which moments of a run were like this one? Windows are embedded by a frozen model, and the nearest ones are found.

let recording = CommandLine.arguments.dropFirst().first ?? "experiments/04-real-faults/recordings/seed0"
let importer = CSVImporter(
  mapping: try CSVMapping(contentsOf: "\(recording)/mapping.yaml"), table: "\(recording)/telemetry.csv.gz")
let run = try importer.run(named: importer.runNames[0])

// Whatever happened is learned from, without labels.
let configuration = try PipelineConfiguration.standard(overriding: [
  "window={length: 16, stride: 8, peers: true}", "split={by: run}", "training.epochs=4",
])
let data = try TrainingData([run], configuration: configuration, threads: 2)
guard case .finished(let trained) = try TrainingSession(data, folder: RunFolder("search"), threads: 2).run() else {
  fatalError("nobody interrupts this session")
}

let windows = try WindowSet(
  TestSplit(everythingIn: [run.gatheredAtRanks()]), scale: data.scale, specification: configuration.window)
let vectors = try FrozenModel(trained.pipeline.model).embed(windows.batch(0..<windows.count), threads: 2).joint

/// What is known about a window.
func event(in window: WindowOrigin) -> String {
  let samples = window.end - configuration.window.length..<window.end
  return run.labels.first { $0.interval.overlaps(samples) }?.kind ?? "nothing"
}

// For the first window of each fault, the nearest one of another entity.
var seen: Set<String> = []
for query in 0..<windows.count {
  let origin = windows.origin(query)
  let kind = event(in: origin)
  guard kind != "nothing", seen.insert(kind).inserted else { continue }
  let likeness = matmul(vectors.rows(query..<query + 1), vectors, transposeB: true).elements
  let others = (0..<windows.count).filter { windows.origin($0).entity != origin.entity }
  guard let nearest = others.max(by: { likeness[$0] < likeness[$1] }) else { continue }
  let found = windows.origin(nearest)
  print(
    "\(kind) at sample \(origin.end): like \(event(in: found)) of \(found.entity) at sample \(found.end) (cosine "
      + "\(likeness[nearest]))")
}
