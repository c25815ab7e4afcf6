import StrataTelemetry

private enum OptimizerKind: String, CaseIterable { case sgd, adamw, lion }
private enum ScheduleKind: String, CaseIterable { case constant, cosine, oneCycle, step }

extension ConfigurationNode {
  /// The optimiser this section describes; every setting of its kind must be given.
  func optimizer() throws(ConfigurationError) -> any Optimizer {
    let kind = try choice("kind", OptimizerKind.self)
    let rate = try double("rate", in: .positive)
    let decay = try double("decay", in: 0...)
    switch kind {
    case .sgd:
      let momentum = try double("momentum", in: 0..<1)
      let isNesterov = try bool("nesterov")
      guard momentum > 0 || !isNesterov else { throw error("'nesterov' needs a 'momentum' above 0", at: "nesterov") }
      return SGD(learningRate: rate, momentum: momentum, isNesterov: isNesterov, weightDecay: decay)
    case .adamw:
      let (mean, variance) = try momenta()
      return AdamW(
        learningRate: rate, momentum: (mean, variance), weightDecay: decay,
        epsilon: try double("epsilon", in: .positive))
    case .lion:
      let (direction, mean) = try momenta()
      return Lion(learningRate: rate, momentum: (direction, mean), weightDecay: decay)
    }
  }

  /// The two numbers at `betas`.
  private func momenta() throws(ConfigurationError) -> (Double, Double) {
    let values = try doubles("betas", in: 0..<1)
    guard values.count == 2 else {
      throw error("'\(path).betas' must be two numbers, found \(values.count)", at: "betas")
    }
    return (values[0], values[1])
  }

  /// The schedule this section describes; every setting of its kind must be given.
  func schedule() throws(ConfigurationError) -> Schedule {
    switch try choice("kind", ScheduleKind.self) {
    case .constant: .constant
    case .cosine:
      .cosine(
        warmup: try int("warmup", in: 0...), start: try double("start", in: 0...1),
        floor: try double("floor", in: 0...1))
    case .oneCycle:
      .oneCycle(
        rise: try double("rise", in: 0...1), startDivisor: try double("startDivisor", in: 1...),
        endDivisor: try double("endDivisor", in: 1...))
    case .step: .step(every: try int("every", in: 1...), factor: try double("factor", in: 0...1))
    }
  }
}
