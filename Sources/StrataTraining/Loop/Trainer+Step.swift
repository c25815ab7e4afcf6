import StrataModel
import StrataNeural
import StrataTensor

extension Trainer {
  /// Makes one update.
  func advance(_ state: inout TrainingState<Task.Model>, clock: ContinuousClock) throws -> TrainingStep {
    let start = clock.now
    let step = state.step + 1
    var generator = state.generator
    let slices = try gradients(at: state.trained, step: state.step, using: generator.split())
    for slice in slices {
      if let part = slice.loss.notFinite {
        throw TrainingError.lossNotFinite(step: step, part: part.name, value: part.value)
      }
    }
    var gradient = meanGradient(of: slices)
    let loss = LossValue(meanOf: slices.map { ($0.count, $0.loss) })
    let norm = configuration.clip.map { clipGlobalNorm(of: &gradient, to: $0) } ?? globalNorm(of: gradient)
    guard norm.isFinite else {
      let culprit = slices.lazy.compactMap { firstNotFinite(in: $0.gradient) }.first
      throw TrainingError.gradientNotFinite(step: step, parameter: culprit ?? "unknown")
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

  /// The gradients of the slices of a batch, in their order.
  private func gradients(
    at model: TrainableParameters<Task.Model>, step: Int, using generator: Generator
  ) throws -> [SliceGradient<Task.Model>] {
    var generator = generator
    let samples = order.samples(at: step)
    let slices = stride(from: 0, to: samples.count, by: configuration.slice).map { first in
      (samples: Array(samples[first..<min(first + configuration.slice, samples.count)]), generator: generator.split())
    }
    return try parallelMap(count: slices.count, threads: threads) { index throws(any Error) in
      try task.gradient(at: model, samples: slices[index].samples, using: slices[index].generator)
    }
  }

  private func firstNotFinite(in gradient: TrainableParameters<Task.Model>) -> String? {
    gradient.namedArrays().first { !$0.array.withElements { $0.allSatisfy(\.isFinite) } }?.name
  }

  /// Measures the validation loss of the model that the training will return.
  ///
  /// Random draws inside the loss, such as which samples are hidden, are the same each time.
  func evaluate(_ state: inout TrainingState<Task.Model>) throws -> TrainingEvaluation {
    let model = state.result
    let firsts = Array(stride(from: 0, to: task.validationCount, by: configuration.slice))
    let losses = try parallelMap(count: firsts.count, threads: threads) { index throws(any Error) in
      let samples = Array(firsts[index]..<min(firsts[index] + configuration.slice, task.validationCount))
      var context = ForwardContext(mode: .inference, generator: Generator(seed: UInt64(index)))
      let slice = try task.validationSlice(samples)
      return (count: samples.count, loss: LossValue(try task.loss(of: model, on: slice, in: &context)))
    }
    let loss = LossValue(meanOf: losses)
    let isBest = loss.total < state.best?.loss ?? .infinity
    if isBest { state.best = BestEvaluation(step: state.step, loss: loss.total) }
    return TrainingEvaluation(step: state.step, loss: loss.total, parts: loss.parts, isBest: isBest)
  }
}
