import Strata

// A loss and a loop of one's own: layers are to agree about a window (VICReg), and samples are to be reconstructed.

let recording = CommandLine.arguments.dropFirst().first ?? "experiments/04-real-faults/recordings/seed0"
let importer = CSVImporter(
  mapping: try CSVMapping(contentsOf: "\(recording)/mapping.yaml"), table: "\(recording)/telemetry.csv.gz")
let run = try importer.run(named: importer.runNames[0])
let configuration = try PipelineConfiguration.standard(overriding: [
  "window={length: 16, stride: 2, peers: true}", "split.embargo=16",
])
let prepared = try PreparedTelemetry([run], configuration: configuration, threads: 2)
let windows = try prepared.trainingWindows()

/// Agreement of every two layers, and the error of the reconstruction.
func loss(_ output: JointOutput, _ batch: WindowBatch) -> Tensor {
  var terms: [Tensor] = []
  for (index, layer) in output.layers.enumerated() {
    guard let samples = batch[layer.layer] else { continue }
    terms.append(
      maskedMeanSquaredError(prediction: layer.mean, target: Tensor(samples.values), mask: samples.mask))
    for other in output.layers[..<index] { terms.append(vicReg(layer.projection, other.projection) * Float(0.01)) }
  }
  return terms.dropFirst().reduce(terms[0], +)
}

var model = prepared.initialModel(seed: 1)
var optimizer = AdamW(learningRate: 3e-3)
var generator = Generator(seed: 1)
for epoch in 1...10 {
  var losses: [Float] = []
  for numbers in windows.shuffledBatches(of: 25, using: &generator) {
    let (batch, drawn) = (windows.batch(numbers), generator.split())
    var (value, gradient) = valueAndGradient(at: model) { model in
      var context = ForwardContext(mode: .training, generator: drawn)
      return loss(model(batch, in: &context), batch)
    }
    clipGlobalNorm(of: &gradient, to: 1)
    optimizer.update(&model, along: gradient)
    losses.append(value)
  }
  print("epoch \(epoch): loss \(losses.reduce(0, +) / Float(losses.count))")
}
try model.save(to: "own-loss.safetensors")
