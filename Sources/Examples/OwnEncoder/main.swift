import Strata

// A recurrent encoder, which the library does not have: it trains, saves, loads and detects like those it has.

struct RecurrentEncoder: LayerEncoder {
  var recurrence: GRU
  let width: Int
  // A step depends on everything before it in the window.
  var receptiveField: Int? { nil }

  func callAsFunction(_ x: Tensor, in context: inout ForwardContext) -> Tensor { recurrence(x) }

  mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    try recurrence.forEachParameter(in: "recurrence", visit)
  }
}

/// What stands in `encoder: {kind: recurrent, width: 16}`.
struct RecurrentSettings: EncoderSettings {
  static let kind = "recurrent"
  let width: Int

  init(_ node: ConfigurationNode) throws(ConfigurationError) { width = try node.int("width", in: 1...1024) }

  func makeEncoder(inputs: Int, using generator: inout Generator) -> any LayerEncoder {
    RecurrentEncoder(recurrence: GRU(inputs: inputs, width: width, using: &generator), width: width)
  }
}

EncoderConfiguration.register(RecurrentSettings.self)

let recording = CommandLine.arguments.dropFirst().first ?? "experiments/04-real-faults/recordings/seed0"
let importer = CSVImporter(
  mapping: try CSVMapping(contentsOf: "\(recording)/mapping.yaml"), table: "\(recording)/telemetry.csv.gz")
let run = try importer.run(named: importer.runNames[0])
let configuration = try PipelineConfiguration.standard(overriding: [
  "window={length: 16, stride: 2, peers: true}", "split.embargo=16", "training.epochs=10",
  "model.encoder={kind: recurrent, width: 16}",
])
let data = try TrainingData([run], configuration: configuration, threads: 2)
_ = try TrainingSession(data, folder: RunFolder("recurrent"), threads: 2).run()

// Loaded from the folder, where its kind stands in config.yaml.
let pipeline = try TrainedPipeline(opening: RunFolder("recurrent"))
precondition(pipeline.model.branches[0].encoder is RecurrentEncoder)

// A type without a kernel of its own runs in the differentiable model: windows far from all clean ones are suspicious.
let windows = try pipeline.prepare([run], threads: 2)
let clean = WindowEmbeddings(pipeline.model, try windows.trainingWindows(), threads: 2).vectors
let tested = try windows.testEmbeddings(of: pipeline.model)
let likeness = matmul(tested.vectors, clean, transposeB: true).max(over: [1]).elements
func meanDistance(_ isChosen: (WindowOrigin) -> Bool) -> Float {
  let chosen = zip(tested.origins, likeness).filter { isChosen($0.0) }.map { 1 - $0.1 }
  return chosen.reduce(0, +) / Float(max(chosen.count, 1))
}
func isFaulty(_ window: WindowOrigin) -> Bool {
  run.labels.contains { $0.interval.overlaps(window.end - 16..<window.end) }
}
print("distance from clean windows: \(meanDistance(isFaulty)) in faults, \(meanDistance { !isFaulty($0) }) elsewhere")
