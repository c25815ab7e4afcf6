import StrataDiagnosis
import StrataInference
import StrataTelemetry
import StrataTensor

/// Four hosts, of which the last one gets hot after sample 300.
func telemetry() -> Run {
  var generator = Generator(seed: 1)
  let hosts = (0..<4).map { EntityPath(["c0", "host\($0)"]) }
  let channels = ["temperature", "power", "clock", "fan"].map { Channel(name: $0) }
  let values = NDArray([400, 4, 4]) { x in
    for index in x.indices {
      let (time, host) = (index / 16, index / 4 % 4)
      x[index] = 50 + generator.normal() + (time >= 300 && host == 3 ? 30 : 0)
    }
  }
  return Run(
    name: "sample", start: 0, interval: 5, sampleCount: 400,
    layers: [LayerSeries(layer: .physical, entities: hosts, channels: channels, values: values)],
    split: RunSplit(trainingEnd: 250))
}

let run = telemetry()
let policy = AlarmPolicy(budget: 1000)
let fitted = try FittedDetector(
  cleanTime: [run.cleanTime], policy: policy, provenance: Provenance(settings: "\(policy)", runs: [run]), threads: 1)
try fitted.write(to: "detector.safetensors")
var monitor = Monitor(try FittedDetector(contentsOf: "detector.safetensors"))
let incidents = try monitor.push(run).incidents + monitor.finish()
print("\(incidents.count) incident: \(incidents.first?.evidence.entities.first?.entity.description ?? "nobody")")
// What else the product has: models in the precisions that this machine runs.
print(Precision.allCases)
