/// What the log of a training job says about one iteration, or about the mean of a logging interval.
public struct IterationRecord: Hashable, Sendable {
  /// When the line is printed, in seconds since 1970.
  public var time: Double
  public var iteration: Int
  /// The iterations of the whole training.
  public var iterationCount: Int
  public var consumedSamples: Int
  public var secondsPerIteration: Double
  /// Floating-point operations, in 10¹² per second and GPU; printed when known.
  public var teraflopsPerGPU: Double?
  /// Energy, in joules per iteration and GPU; printed when known, with the power that follows from it.
  public var joulesPerGPU: Double?
  public var learningRate: Double
  public var globalBatchSize: Int
  /// The mean loss over the iterations that advanced. Megatron leaves a loss out that is not a number.
  public var loss: Double
  /// The auxiliary loss of the routers; nil without one.
  public var loadBalancingLoss: Double?
  /// The z-loss of the routers; nil without one.
  public var zLoss: Double?
  public var lossScale: Double
  /// The norm before clipping; nil when the iteration was skipped before it was known.
  public var gradientNorm: Double?
  /// Gradients that are zero; printed when counted.
  public var zeroGradientCount: Int?
  /// The norm of the parameters; printed when computed.
  public var parameterNorm: Double?
  /// Iterations since the last line whose update was skipped.
  public var skippedIterations: Int
  /// Iterations since the last line that were skipped with a loss that is not a number.
  public var nanIterations: Int

  public init(
    time: Double, iteration: Int, iterationCount: Int, consumedSamples: Int, secondsPerIteration: Double,
    teraflopsPerGPU: Double? = nil, joulesPerGPU: Double? = nil, learningRate: Double, globalBatchSize: Int,
    loss: Double, loadBalancingLoss: Double? = nil, zLoss: Double? = nil, lossScale: Double = 1,
    gradientNorm: Double? = nil, zeroGradientCount: Int? = nil, parameterNorm: Double? = nil,
    skippedIterations: Int = 0, nanIterations: Int = 0
  ) {
    (self.time, self.iteration, self.iterationCount) = (time, iteration, iterationCount)
    (self.consumedSamples, self.secondsPerIteration) = (consumedSamples, secondsPerIteration)
    (self.teraflopsPerGPU, self.joulesPerGPU) = (teraflopsPerGPU, joulesPerGPU)
    (self.learningRate, self.globalBatchSize, self.loss) = (learningRate, globalBatchSize, loss)
    (self.loadBalancingLoss, self.zLoss, self.lossScale) = (loadBalancingLoss, zLoss, lossScale)
    (self.gradientNorm, self.zeroGradientCount) = (gradientNorm, zeroGradientCount)
    (self.parameterNorm, self.skippedIterations) = (parameterNorm, skippedIterations)
    self.nanIterations = nanIterations
  }

  /// Appends the line of `training_log` in Megatron-LM's `training.py`.
  func write(to text: inout TextBuffer) {
    text.append(" [")
    CalendarTime(unixTime: time).write(to: &text, separator: " ", point: ".")
    text.append("] iteration ")
    text.append(iteration, width: 8)
    text.append("/")
    text.append(iterationCount, width: 8)
    text.append(" | consumed samples: ")
    text.append(consumedSamples, width: 12)
    field("elapsed time per iteration (ms)", secondsPerIteration * 1000, decimals: 1, to: &text)
    field("throughput per GPU (TFLOP/s/GPU)", teraflopsPerGPU, decimals: 1, to: &text)
    field("energy per GPU (J/iter/GPU)", joulesPerGPU, decimals: 1, to: &text)
    field("power per GPU (W/GPU)", joulesPerGPU.map { $0 / secondsPerIteration }, decimals: 1, to: &text)
    text.append(" | learning rate: ")
    text.append(scientific: learningRate, decimals: 6)
    text.append(" | global batch size: ")
    text.append(globalBatchSize, width: 5)
    for (name, loss) in [("lm loss", loss), ("load_balancing_loss", loadBalancingLoss), ("z_loss", zLoss)] {
      guard let loss, loss >= 0 else { continue }
      text.append(" | \(name): ")
      text.append(scientific: loss, decimals: 6)
    }
    field("loss scale", lossScale, decimals: 1, to: &text)
    field("grad norm", gradientNorm, decimals: 3, to: &text)
    field("num zeros", zeroGradientCount.map(Double.init), decimals: 1, to: &text)
    field("params norm", parameterNorm, decimals: 3, to: &text)
    text.append(" | number of skipped iterations: ")
    text.append(skippedIterations, width: 3)
    text.append(" | number of nan iterations: ")
    text.append(nanIterations, width: 3)
    text.append(" |\n")
  }

  private func field(_ name: String, _ value: Double?, decimals: Int, to text: inout TextBuffer) {
    guard let value else { return }
    text.append(" | \(name): ")
    text.append(value, decimals: decimals)
  }
}
