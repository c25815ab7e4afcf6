import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The loss, the gradient norms before and after their reduction, and what is known of the weights.
///
/// The loss follows a power law of the iteration with noise of one percent and a rare benign spike; gradient norms are
/// log-normal and correlated in time, and every replica's is a little different. A corrupted gradient reaches the common
/// norm divided by the number of replicas, and does damage to the weights, which the loss of the next step shows and which
/// heals over some tens of steps.
package struct TrainingCurve: Sendable {
  package private(set) var loss = 0.0
  /// The norm after the reduction over replicas, before clipping.
  package private(set) var gradientNorm = 0.0
  /// The norms before, per position.
  package private(set) var localNorms: [Double]
  /// The loss without the noise of one batch.
  package private(set) var validationLoss = 0.0
  package private(set) var largestLogit = 12.0
  package private(set) var isSkipped = false
  /// The divergence between the policies that generate and that train.
  package private(set) var divergence = 0.0
  private var mismatch = 0.0
  private var wander = 0.0
  private var spike = 0.0
  private var damage = 0.0
  private let streams: RandomStreams
  private let job: Int

  /// Iterations between benign spikes, on average.
  private static let spikeSpacing = 10_000.0
  /// Steps over which damage to the weights heals.
  private static let healing = 12.0

  /// What a step does to the numbers besides progress.
  package struct Influences: Sendable {
    /// The factor on each position's gradient; not a number where it is corrupted so.
    package var corruption: [Double]
    package var gradientScale = 1.0
    package var lossOffset = 0.0
    package var logitGrowth = 0.0
    package var notANumber = 0.0
    /// The part of the tokens that no expert took.
    package var dropRate = 0.0
    /// The part of the experts' output that is missing.
    package var lostOutput = 0.0
    /// The part of the experts that receive next to nothing.
    package var starved = 0.0
    /// How unevenly replicas route.
    package var disagreement = 0.0
    /// By how much the routers of training and generation part in this step.
    package var mismatch = 0.0

    package init(positions: Int) { corruption = [Double](repeating: 1, count: positions) }
  }

  package init(positions: Int, job: Int, streams: RandomStreams) {
    (self.job, self.streams) = (job, streams)
    localNorms = [Double](repeating: 0.3, count: positions)
  }

  package mutating func advance(iteration: Int, step: Int, _ influences: Influences) {
    var generator = streams.generator(for: .training, job, iteration)
    let noise = (generator.normalDouble(), generator.normalDouble())
    let spikes = generator.uniformDouble() < 1 / Self.spikeSpacing
    let height = generator.uniformDouble()
    let fails = generator.uniformDouble() < influences.notANumber
    wander = 0.8 * wander + 0.6 * noise.0
    spike = spikes ? 0.3 + 0.7 * height : 0.7 * spike
    largestLogit = (largestLogit - 12) * 0.9995 + 12 + influences.logitGrowth * largestLogit
    mismatch += influences.mismatch
    divergence = 1e-3 + 0.5 * mismatch * mismatch
    // Attention that has lost its softness makes gradients large and then the loss.
    let strain = max(0, log(largestLogit / 40))
    let excitement = exp(0.12 * wander + 2 * spike + strain * (1 + 0.5 * noise.0))
    let usual = 0.3 * excitement * (1 + influences.dropRate) * (1 + divergence)
    reduce(usual: usual, influences, step: step)
    isSkipped = fails || !gradientNorm.isFinite
    let trend = 1.6 + 4.5 * exp(-0.28 * log(1 + Double(iteration) / 100))
    let deficit =
      damage + influences.lossOffset + 0.4 * strain + 0.3 * influences.dropRate + 0.5 * influences.lostOutput
      + 0.3 * influences.starved + influences.disagreement + 0.1 * divergence
    loss = trend * (1 + 0.01 * noise.1 * (1 + 40 * influences.dropRate)) + spike + deficit
    validationLoss = trend + deficit
    // The loss of a step is that of the weights before its update.
    damage *= 1 - 1 / Self.healing
    if gradientNorm.isFinite { damage += 0.045 * log(max(1, gradientNorm / usual)) }
    if fails { (loss, gradientNorm) = (.nan, .nan) }
  }

  /// The local norms, and the norm of their mean: what all replicas agree on stays, what one adds is divided by their
  /// number.
  private mutating func reduce(usual: Double, _ influences: Influences, step: Int) {
    var generator = streams.generator(for: .gradient, job, step)
    var foreign = 0.0
    let count = Double(localNorms.count)
    for position in localNorms.indices {
      let own = usual * exp(0.05 * generator.normalDouble()) * 1.15
      let corruption = influences.corruption[position]
      localNorms[position] = own * influences.gradientScale * corruption
      let excess = own * (corruption - 1) / count
      foreign += excess * excess
    }
    let common = usual * influences.gradientScale
    gradientNorm = (common * common + foreign).squareRoot()
  }
}
