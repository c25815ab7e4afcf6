import StrataTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The loss and gradient norm of a job that goes well.
///
/// The loss follows a power law of the iteration with noise of one percent and a rare benign spike; the gradient norm is
/// log-normal and correlated in time.
package struct TrainingCurve: Sendable {
  package private(set) var loss = 0.0
  package private(set) var gradientNorm = 0.0
  private var wander = 0.0
  private var spike = 0.0
  private let streams: RandomStreams

  /// Iterations between benign spikes, on average.
  private static let spikeSpacing = 10_000.0

  package init(streams: RandomStreams) { self.streams = streams }

  package mutating func advance(iteration: Int) {
    var generator = streams.generator(for: .training, iteration)
    let noise = (generator.normalDouble(), generator.normalDouble())
    let spikes = generator.uniformDouble() < 1 / Self.spikeSpacing
    let height = generator.uniformDouble()
    wander = 0.8 * wander + 0.6 * noise.0
    spike = spikes ? 0.3 + 0.7 * height : 0.7 * spike
    let trend = 1.6 + 4.5 * exp(-0.28 * log(1 + Double(iteration) / 100))
    loss = trend * (1 + 0.01 * noise.1) + spike
    gradientNorm = 0.3 * exp(0.12 * wander + 2 * spike)
  }
}
