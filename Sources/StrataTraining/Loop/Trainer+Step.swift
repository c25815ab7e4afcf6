import StrataNeural
import StrataTensor

extension Trainer {
  /// Makes one update.
  func advance(_ state: inout TrainingState<Task.Model>, clock: ContinuousClock) throws -> TrainingStep {
    let start = clock.now
    let step = state.step + 1
    var generator = state.generator
    var (loss, gradient) = try meanGradient(at: state.trained, slices(at: state.step, using: generator.split()), step)
    let norm = configuration.clip.map { clipGlobalNorm(of: &gradient, to: $0) } ?? globalNorm(of: gradient)
    guard norm.isFinite else {
      throw TrainingError.gradientNotFinite(step: step, parameter: firstNotFinite(in: gradient) ?? "unknown")
    }
    let rate = configuration.optimizer.learningRate * configuration.schedule.factor(at: state.step, of: stepCount)
    state.optimizer.learningRate = rate
    state.optimizer.update(&state.trained, along: gradient)
    state.average?.update(with: state.trained.base)
    (state.step, state.generator) = (step, generator)
    return TrainingStep(
      step: step, stepCount: stepCount, loss: loss.total, parts: loss.parts, learningRate: rate, gradientNorm: norm,
      batch: order.batch, duration: clock.now - start)
  }

  /// The mean loss of the batches of an update and its gradient, weighted by their samples.
  ///
  /// One batch comes after the other, so that several take the memory of one and of one more gradient.
  private func meanGradient(
    at model: TrainableParameters<Task.Model>, _ slices: [BatchSlice], _ step: Int
  ) throws -> (loss: LossValue, gradient: TrainableParameters<Task.Model>) {
    let slicesPerBatch = configuration.batch / configuration.slice
    let total = slices.reduce(0) { $0 + $1.samples.count }
    var losses: [(count: Int, loss: LossValue)] = []
    var mean: TrainableParameters<Task.Model>?
    for first in stride(from: 0, to: slices.count, by: slicesPerBatch) {
      let batch = Array(slices[first..<min(first + slicesPerBatch, slices.count)])
      let pass = BatchPass(
        task: task, model: model, slices: batch, precision: configuration.precision, threads: threads,
        activationBytes: activationBytes)
      var (loss, gradient) = try pass.gradient(step: step)
      if batch.count == slices.count { return (loss, gradient) }
      let count = batch.reduce(0) { $0 + $1.samples.count }
      gradient.scale(by: Float(count) / Float(total))
      if mean == nil { mean = gradient } else { mean!.add(gradient) }
      losses.append((count, loss))
    }
    return (LossValue(meanOf: losses), mean!)
  }

  /// The slices of all batches of a step, each with a generator of its own.
  private func slices(at step: Int, using generator: Generator) -> [BatchSlice] {
    var generator = generator
    let samples = order.samples(at: step)
    return ranges(of: samples.count).map { (Array(samples[$0]), generator.split()) }
  }

  /// So many samples cut into slices; the last one may be smaller.
  private func ranges(of count: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: configuration.slice).map { $0..<min($0 + configuration.slice, count) }
  }

  private func firstNotFinite(in gradient: TrainableParameters<Task.Model>) -> String? {
    gradient.namedArrays().first { !$0.array.withElements { $0.allSatisfy(\.isFinite) } }?.name
  }

  /// Measures the validation loss of the model that the training will return.
  ///
  /// The samples are taken in batches as large as those of training, the last one with what remains, so that the loss
  /// has as much to tell apart as in training. Random draws inside the loss, such as which samples are hidden, are the
  /// same each time.
  func evaluate(_ state: inout TrainingState<Task.Model>) throws -> TrainingEvaluation {
    let (model, ranges) = (state.result, ranges(of: task.validationCount))
    let terms = try parallelMap(count: ranges.count, threads: threads) { index throws(any Error) in
      var context = ForwardContext(mode: .inference, generator: Generator(seed: UInt64(index)))
      return try task.terms(of: model, on: task.validationSlice(Array(ranges[index])), in: &context)
    }
    let slicesPerBatch = configuration.batch / configuration.slice
    let batchCount = max(1, task.validationCount / configuration.batch)
    let losses = try (0..<batchCount).map { batch in
      let first = batch * slicesPerBatch, end = batch == batchCount - 1 ? ranges.count : first + slicesPerBatch
      let loss = try task.loss(of: model, from: .joined(Array(terms[first..<end])), threads: threads)
      return (count: ranges[end - 1].upperBound - ranges[first].lowerBound, loss: LossValue(loss))
    }
    let loss = LossValue(meanOf: losses)
    let isBest = loss.total < state.best?.loss ?? .infinity
    if isBest { state.best = BestEvaluation(step: state.step, loss: loss.total) }
    return TrainingEvaluation(step: state.step, loss: loss.total, parts: loss.parts, isBest: isBest)
  }
}
