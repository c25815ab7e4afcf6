import StrataModel
import StrataNeural
import StrataTensor
import StrataTraining
import Synchronization

/// Two affine maps with a dropout between them.
struct ToyModel: Module {
  var first: Linear
  var second: Linear

  init(seed: UInt64) {
    var generator = Generator(seed: seed)
    first = Linear(inputs: 3, outputs: 8, using: &generator)
    second = Linear(inputs: 8, outputs: 1, using: &generator)
  }

  mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    try first.forEachParameter(in: "first", visit)
    try second.forEachParameter(in: "second", visit)
  }
}

/// A regression with augmentation and dropout, so that every source of randomness is used.
struct ToyTask: SeparableTask {
  enum Fault { case none, infiniteTarget, infiniteSlope, noCount }

  var sampleCount = 50
  var validationCount = 0
  var dataDigest = "toy"
  var parts: [SamplePart] = []
  var fault = Fault.none
  var noise: Float = 0.1
  var dropout: Float = 0.25
  /// The samples of every slice, in the order in which they were asked for.
  let asked = SliceLog()

  func slice(_ samples: [Int], using generator: inout Generator) throws -> NDArray {
    asked.add(samples)
    return inputs(of: samples) + generator.normalArray([samples.count, 3], mean: 0, deviation: noise)
  }

  func validationSlice(_ samples: [Int]) throws -> NDArray { inputs(of: samples.map { $0 + 1000 }) }

  func count(of slice: NDArray) -> Int { fault == .noCount ? 0 : slice.shape[0] }

  func loss(of model: ToyModel, on slice: NDArray, in context: inout ForwardContext) throws -> ObjectiveValue {
    let dropout = Dropout(rate: dropout)
    let prediction = model.second(dropout(relu(model.first(Tensor(slice))), in: &context))
    let target = NDArray([slice.shape[0], 1], (0..<slice.shape[0]).map { slice[$0, 0] - 2 * slice[$0, 2] })
    var error = square(prediction - Tensor(target)).mean()
    if fault == .infiniteTarget { error = error / Float(0) }
    if fault == .infiniteSlope { error = error + sqrt((model.second.weight * Float(0)).sum()) }
    let size = square(model.first.weight).mean() * Float(0.01)
    return ObjectiveValue(
      total: error + size,
      parts: [
        ("error", error.value.scalar),
        ("size", size.value.scalar),
      ])
  }

  private func inputs(of samples: [Int]) -> NDArray {
    let rows = samples.flatMap { sample in
      var generator = Generator(seed: UInt64(sample))
      return generator.normalArray([3], mean: 0, deviation: 1).elements
    }
    return NDArray([samples.count, 3], rows)
  }
}

/// Notes slices from several threads.
final class SliceLog: Sendable {
  private let log = Mutex<[[Int]]>([])

  func add(_ samples: [Int]) { log.withLock { $0.append(samples) } }
  var slices: [[Int]] { log.withLock { $0 } }
}

extension TrainingConfiguration {
  /// Ten steps of AdamW on two slices of four samples.
  static func toy(
    seed: UInt64 = 3, length: Length = .steps(10), batch: Int = 8, slice: Int = 4, accumulate: Int = 1,
    average: Double? = 0.9, frozen: [String] = [], trains: @escaping @Sendable (String) -> Bool = { _ in true },
    checkpointInterval: Int = 4, checkpointsKept: Int = 2, validationInterval: Int? = nil
  ) -> TrainingConfiguration {
    TrainingConfiguration(
      seed: seed, length: length, batch: batch, slice: slice, accumulate: accumulate,
      optimizer: AdamW(learningRate: 0.01), schedule: .cosine(warmup: 3, start: 0.1, floor: 0.1), clip: 1,
      average: average, frozen: frozen, trains: trains, checkpointInterval: checkpointInterval,
      checkpointsKept: checkpointsKept, validationInterval: validationInterval)
  }
}

/// The bits of every parameter of a model, in their order.
func bits<Model: Module>(of model: Model) -> [UInt32] {
  var model = model
  var bits: [UInt32] = []
  model.forEachParameter { _, parameter in bits += parameter.value.elements.map(\.bitPattern) }
  return bits
}

/// Trains a toy to its end and returns its final state and its events.
func train(
  _ task: ToyTask = ToyTask(), _ configuration: TrainingConfiguration = .toy(), threads: Int = 1,
  activationBytes: Int = 1 << 29, checkpoints: CheckpointFolder? = nil
) throws -> (state: TrainingState<ToyModel>, events: [TrainingEvent]) {
  let trainer = try Trainer(
    task, configuration: configuration, threads: threads, activationBytes: activationBytes, checkpoints: checkpoints)
  var events: [TrainingEvent] = []
  var state = try trainer.resume(with: ToyModel(seed: 1)) { events.append($0) }
  _ = try trainer.train(&state) { events.append($0) }
  return (state, events)
}
