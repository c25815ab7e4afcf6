import StrataEvaluation
import StrataTensor

/// What hosts draw while a job trains and while it evaluates.
public struct PowerLevels: Equatable, Sendable {
  /// One phase of a job.
  public struct Phase: Equatable, Sendable {
    /// The mean over hosts of their mean power, in watts, and the deviation of those means.
    public let mean: Double
    public let hostDeviation: Double
    /// The mean over hosts of the deviation of their samples, in watts.
    public let sampleDeviation: Double
    /// All samples.
    public let samples: MarginalDistribution
  }

  public let training: Phase
  public let evaluation: Phase
  /// The median duration of a training step, in seconds.
  public let stepTime: Double
  /// The median duration of an evaluation, and the median time from one start to the next, in seconds.
  public let evaluationTime: Double
  public let evaluationSpacing: Double

  /// Power in evaluation relative to training.
  public var ratio: Double { evaluation.mean / training.mean }

  /// Seconds at the start and at the end of an evaluation that belong to no phase, and as many beside it as the larger
  /// of the two plus two: meters report late.
  public static let margin = (start: 3.0, end: 2.0, training: 5.0)

  /// Takes the levels of independent records. Time before the first evaluation counts from one spacing before it: the
  /// warm-up of a run is not its level.
  ///
  /// - Precondition: There are two evaluations or more, and every record has samples in both phases.
  public init(_ records: [PowerRecord], phases: RunPhases) {
    require(phases.evaluations.count >= 2, "PowerLevels: \(phases.evaluations.count) evaluations")
    let starts = phases.evaluations.map(\.lowerBound)
    stepTime = quantile(0.5, of: phases.steps)
    evaluationTime = quantile(0.5, of: phases.evaluations.map { $0.upperBound - $0.lowerBound })
    evaluationSpacing = quantile(0.5, of: zip(starts.dropFirst(), starts).map { $0 - $1 })
    let first = starts[0] - evaluationSpacing + evaluationTime
    func isEvaluation(_ time: Double) -> Bool {
      phases.evaluations.contains {
        time >= $0.lowerBound + Self.margin.start && time < $0.upperBound - Self.margin.end
      }
    }
    func isTraining(_ time: Double) -> Bool {
      time >= first && time <= phases.run.upperBound
        && !phases.evaluations.contains {
          time > $0.lowerBound - Self.margin.training && time < $0.upperBound + Self.margin.training
        }
    }
    training = Phase(records, isTraining)
    evaluation = Phase(records, isEvaluation)
  }
}

extension PowerLevels.Phase {
  fileprivate init(_ records: [PowerRecord], _ isMember: (Double) -> Bool) {
    var all: [Double] = []
    var moments: [(mean: Double, deviation: Double)] = []
    for record in records {
      let samples = zip(record.times, record.watts).filter { isMember($0.0) }.map(\.1)
      require(!samples.isEmpty, "PowerLevels: host \(record.host) has no sample in a phase")
      moments.append(Self.moments(samples))
      all += samples
    }
    (mean, hostDeviation) = Self.moments(moments.map(\.mean))
    sampleDeviation = moments.map(\.deviation).reduce(0, +) / Double(moments.count)
    samples = MarginalDistribution(all)
  }

  private static func moments(_ x: [Double]) -> (Double, Double) {
    let mean = x.reduce(0, +) / Double(x.count)
    let squares = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, x.count < 2 ? 0 : (squares / Double(x.count - 1)).squareRoot())
  }
}
