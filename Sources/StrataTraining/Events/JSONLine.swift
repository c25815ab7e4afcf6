import StrataTensor

/// One JSON object on one line, its keys in the order they were added.
struct JSONLine {
  private var members: [String] = []

  var text: String { "{" + members.joined(separator: ",") + "}" }

  mutating func add(_ key: String, _ value: Int) { members.append("\(quotedAsJSON(key)):\(value)") }
  mutating func add(_ key: String, _ value: Bool) { members.append("\(quotedAsJSON(key)):\(value)") }
  mutating func add(_ key: String, _ value: String) { members.append("\(quotedAsJSON(key)):\(quotedAsJSON(value))") }

  /// JSON has no infinities: they become `null`.
  mutating func add(_ key: String, _ value: Double) {
    members.append("\(quotedAsJSON(key)):\(value.isFinite ? "\(value)" : "null")")
  }
}

extension TrainingEvent {
  /// The event as one JSON object without a line end; parts of a loss are flat keys such as `loss/contrast`.
  public var jsonLine: String {
    var line = JSONLine()
    switch self {
    case .started(let plan):
      line.add("event", "started")
      line.add("step", plan.firstStep)
      line.add("steps", plan.stepCount)
      line.add("steps_per_epoch", plan.stepsPerEpoch)
      line.add("batch", plan.batch)
      line.add("slice", plan.slice)
      line.add("threads", plan.threads)
      line.add("parameters", plan.parameterCount)
    case .step(let step):
      line.add("event", "step")
      line.add("step", step.step)
      line.add("loss", step.loss)
      for part in step.parts { line.add("loss/\(part.name)", part.value) }
      line.add("learning_rate", step.learningRate)
      line.add("gradient_norm", step.gradientNorm)
      line.add("seconds", step.duration.seconds)
      line.add("windows_per_second", step.windowsPerSecond)
    case .visited(let visit):
      line.add("event", "visited")
      line.add("run", visit.source)
      line.add("visited", visit.visited)
      line.add("runs", visit.sourceCount)
      line.add("epoch", visit.epoch)
    case .evaluated(let evaluation):
      line.add("event", "evaluated")
      line.add("step", evaluation.step)
      line.add("validation_loss", evaluation.loss)
      for part in evaluation.parts { line.add("validation_loss/\(part.name)", part.value) }
      line.add("best", evaluation.isBest)
    case .checkpointed(let step, let path):
      line.add("event", "checkpointed")
      line.add("step", step)
      line.add("path", path)
    case .ignoredCheckpoint(let name, let reason):
      line.add("event", "ignored_checkpoint")
      line.add("name", name)
      line.add("reason", reason)
    case .finished(let step, let duration):
      line.add("event", "finished")
      line.add("step", step)
      line.add("seconds", duration.seconds)
    case .interrupted(let step, let signal):
      line.add("event", "interrupted")
      line.add("step", step)
      line.add("signal", signal.name)
    }
    return line.text
  }
}
