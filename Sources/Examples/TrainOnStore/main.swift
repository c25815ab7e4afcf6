import Strata

// A real training job with real faults, as it was recorded; any table becomes a run store in the same way.
let recording = CommandLine.arguments.dropFirst().first ?? "experiments/04-real-faults/recordings/seed0"
let importer = CSVImporter(
  mapping: try CSVMapping(contentsOf: "\(recording)/mapping.yaml"), table: "\(recording)/telemetry.csv.gz")
try RunStore.write(importer.run(named: importer.runNames[0]), to: "cluster.zarr", replacing: true)
let run = try RunStore(opening: "cluster.zarr").read()

// What is usual for every device, by itself and among its peers, needs no training; nor does finding what is not.
let policy = AlarmPolicy(budget: 300, mergeGap: 10)  // false alarms per 1000 days of a host; seconds
let provenance = Provenance(settings: "\(policy)", runs: [run])
let detector = try FittedDetector(cleanTime: [run.cleanTime], policy: policy, provenance: provenance, threads: 2)
for incident in try detector.detect(in: [run], threads: 2).incidents[0] {
  let culprit = incident.evidence.entities.first
  let blame = culprit.map { "\($0.entity), \($0.channels.first?.name ?? "")" } ?? "everybody alike"
  print("samples \(incident.samples): \(blame)")
}

// One embedding of all four layers is learned from the clean time. A session that was interrupted goes on where it was.
let configuration = try PipelineConfiguration.standard(overriding: [
  "window={length: 16, stride: 2, peers: true}", "split.embargo=16", "training.epochs=10",
])
let data = try TrainingData([run], configuration: configuration, threads: 2)
let session = try TrainingSession(data, folder: RunFolder("model"), threads: 2)
if case .finished(let trained) = try session.run() {
  let embeddings = try PreparedTelemetry([run], configuration: configuration, threads: 2)
    .testEmbeddings(of: trained.pipeline.model)
  print("\(trained.steps) steps, embeddings of shape \(embeddings.vectors.shape)")
}
