import StrataNeural
import StrataTensor
import Synchronization

/// The samples of a slice, and where its random draws come from.
typealias BatchSlice = (samples: [Int], generator: Generator)

/// Loss and gradient of one batch, which never needs the memory of more than some slices.
///
/// First the model runs on every slice. Then the loss of the whole batch is differentiated with respect to what the slices
/// left and to the parameters it uses itself. Last, every slice sends its share of that gradient back to the parameters.
/// What the operations of a slice save is kept from the first pass to the last while memory lasts; the other slices run
/// again, with the same random draws.
///
/// Reference: Gao et al., "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup", RepL4NLP 2021.
struct BatchPass<Task: TrainingTask>: Sendable {
  let task: Task
  let model: TrainableParameters<Task.Model>
  let slices: [BatchSlice]
  let precision: ProductPrecision
  let threads: Int
  /// What graphs may hold between the passes.
  let activationBytes: Int

  private typealias Way = Pullback<TrainableParameters<Task.Model>>

  /// - Throws: What the task throws, and `TrainingError.lossNotFinite` for `step`.
  func gradient(step: Int) throws -> (loss: LossValue, gradient: TrainableParameters<Task.Model>) {
    var (terms, ways) = try forward()
    let extents = terms.map(\.extents)
    let batch = Task.Terms.joined(terms)
    terms = []
    let (loss, slope) = try differentiate(batch, step: step)
    let shares = slope.terms.shares(of: extents)
    let kept = Guarded(ways)
    ways = []
    let gradient = try parallelFold(count: slices.count, threads: threads, into: slope.model) {
      index throws(any Error) in
      let way: Way = try kept.withLock { $0[index].take() } ?? record(index).way
      return (consume way)(shares[index])
    } combine: { sum, gradient in
      sum.add(gradient)
    }
    return (loss, gradient)
  }

  /// Runs the model on every slice, and keeps the way back where memory allows.
  private func forward() throws -> (terms: [Task.Terms], ways: [Way?]) {
    let kept = Atomic(0)
    let passes = try parallelMap(count: slices.count, threads: threads) {
      index throws(any Error) -> (terms: Task.Terms, way: Way?) in
      guard kept.load(ordering: .relaxed) < activationBytes else { return (try terms(of: model.base, index), nil) }
      let before = StoragePool.bytesOfThread
      let (terms, way) = try record(index)
      kept.wrappingAdd(StoragePool.bytesOfThread - before, ordering: .relaxed)
      return (terms, way)
    }
    return (passes.map(\.terms), passes.map(\.way))
  }

  private func record(_ index: Int) throws -> (terms: Task.Terms, way: Way) {
    var values: Task.Terms?
    let way = try valuesWithPullback(at: model) { model throws(any Error) in
      let terms = try terms(of: model.base, index)
      values = terms.detached
      return terms.tensors
    }.pullback
    return (values!, way)
  }

  /// Draws from the generator for the slice first, then for the forward pass.
  private func terms(of model: Task.Model, _ index: Int) throws -> Task.Terms {
    var generator = slices[index].generator
    let slice = try task.slice(slices[index].samples, using: &generator)
    var context = ForwardContext(mode: .training, generator: generator, precision: precision)
    return try task.terms(of: model, on: slice, in: &context)
  }

  private func differentiate(
    _ terms: Task.Terms, step: Int
  ) throws -> (loss: LossValue, slope: LossPoint<TrainableParameters<Task.Model>, Task.Terms>) {
    var loss: LossValue?
    let (_, slope) = try valueAndGradient(at: LossPoint(model: model, terms: terms)) { point throws(any Error) in
      let value = try task.loss(of: point.model.base, from: point.terms, threads: threads)
      loss = LossValue(value)
      if let part = loss!.notFinite {
        throw TrainingError.lossNotFinite(step: step, part: part.name, value: part.value)
      }
      return value.total
    }
    return (loss!, slope)
  }
}

/// All that the loss of a batch depends on.
private struct LossPoint<Model: Module, Terms: LossTerms>: Module {
  var model: Model
  var terms: Terms

  mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    try model.forEachParameter(visit)
    try terms.forEachTensor { tensor, _ in try visit("terms", &tensor) }
  }
}

extension LossTerms {
  /// How long the first axis of every tensor is.
  fileprivate var extents: [Int] { tensors.map { $0.shape[0] } }

  /// What belongs to every slice of a batch: its rows, and the whole of every sum.
  ///
  /// - Parameter extents: Those of the slices, in their order.
  fileprivate func shares(of extents: [[Int]]) -> [[NDArray]] {
    var (copy, index) = (self, 0)
    var shares = [[NDArray]](repeating: [], count: extents.count)
    copy.forEachTensor { tensor, joining in
      var start = 0
      for slice in extents.indices {
        switch joining {
        case .rows:
          shares[slice].append(tensor.value.rows(start..<start + extents[slice][index]))
          start += extents[slice][index]
        case .sum: shares[slice].append(tensor.value)
        }
      }
      index += 1
    }
    return shares
  }
}

extension Module {
  /// Adds the parameters of another module of the same kind.
  mutating func add(_ other: Self) {
    let arrays = other.namedArrays()
    var index = 0
    forEachParameter { _, parameter in
      arrays[index].array.withElements { slope in
        parameter.rewrite { $0.withMutableElements { sum in for i in sum.indices { sum[i] += slope[i] } } }
      }
      index += 1
    }
  }

  /// Multiplies every parameter by a factor.
  mutating func scale(by factor: Float) {
    forEachParameter { _, parameter in
      parameter.rewrite { $0.withMutableElements { for i in $0.indices { $0[i] *= factor } } }
    }
  }
}
