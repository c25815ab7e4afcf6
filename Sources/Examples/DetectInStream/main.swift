import Strata

// A detector fitted once and kept in a file, and a monitor that is given samples as they come.

let recording = CommandLine.arguments.dropFirst().first ?? "experiments/04-real-faults/recordings/seed0"
let importer = CSVImporter(
  mapping: try CSVMapping(contentsOf: "\(recording)/mapping.yaml"), table: "\(recording)/telemetry.csv.gz")
let run = try importer.run(named: importer.runNames[0])
let policy = AlarmPolicy(budget: 300, mergeGap: 10)
let fitted = try FittedDetector(
  cleanTime: [run.cleanTime], policy: policy, provenance: Provenance(settings: "\(policy)", runs: [run]), threads: 2)
try fitted.write(to: "detector.safetensors")

func show(_ incident: Incident) {
  let culprits = incident.evidence.entities.prefix(2).map(\.entity.description).joined(separator: ", ")
  print(
    "from \(run.time(of: incident.samples.lowerBound)) to \(run.time(of: incident.samples.upperBound)): \(culprits)")
}

// A service needs the file alone. It may stop at any time: what the monitor remembers is saved and restored.
let detector = try FittedDetector(contentsOf: "detector.safetensors")

func watch() throws -> [Incident] {
  var monitor = Monitor(detector)
  var incidents: [Incident] = []
  for start in stride(from: 0, to: run.sampleCount, by: 10) {
    let piece = run.selecting(samples: start..<min(start + 10, run.sampleCount))
    let ended = try monitor.push(piece).incidents
    ended.forEach(show)
    incidents += ended
    try monitor.write(to: "monitor.safetensors")
    monitor = try Monitor(restoring: "monitor.safetensors", detector: detector)
  }
  let last = monitor.finish()
  last.forEach(show)
  return incidents + last
}

// The same as when the whole run is scored at once.
let streamed = try watch()
guard try detector.detect(in: [run], threads: 2).incidents[0] == streamed else {
  fatalError("the stream and the whole run differ")
}
