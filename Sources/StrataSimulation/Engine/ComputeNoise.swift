import StrataTensor

/// The relative duration of successive operations on each rank: one plus first-order autoregressive noise.
package struct ComputeNoise: Sendable {
  private var values: [Double]
  private var generators: [Generator]
  private let correlation: Double
  private let kick: Double

  package init(ranks: Int, workload: TrainingWorkload) {
    values = [Double](repeating: 0, count: ranks)
    generators = [Generator](repeating: Generator(seed: 0), count: ranks)
    correlation = workload.computeNoiseCorrelation
    kick = workload.computeNoise * (1 - correlation * correlation).squareRoot()
  }

  /// Makes the draws of one step independent of how many operations came before it.
  package mutating func begin(step: Int, job: Int, streams: RandomStreams) {
    for rank in generators.indices { generators[rank] = streams.generator(for: .compute, (job << 40) + step, rank) }
  }

  /// The factor of the next operation on a rank.
  package mutating func next(_ rank: Int) -> Double {
    values[rank] = correlation * values[rank] + kick * generators[rank].normalDouble()
    return max(0.5, 1 + values[rank])
  }
}
