public import StrataTelemetry
import StrataTensor

/// A stretch of time in which one entity's scores were too high for clean time.
public struct Alarm: Hashable, Codable, Sendable {
  /// Whose scores were too high.
  public let entity: EntityPath
  /// From the first to the last alarmed sample, in samples of the run.
  public var samples: Range<Int>
  /// The highest score: −log₁₀ of the p-value.
  public var peakScore: Float

  /// How many of the alarmed samples the entity reported nothing in.
  public var silentCount: Int

  /// Keeps the parts together.
  public init(entity: EntityPath, samples: Range<Int>, peakScore: Float, silentCount: Int = 0) {
    (self.entity, self.samples, self.peakScore, self.silentCount) = (entity, samples, peakScore, silentCount)
  }

  /// Whether the entity reported nothing for most of the alarm: what its channels contribute then is their absence.
  public var isSilence: Bool { 2 * silentCount > samples.count }

  /// How likely a false alarm that reaches the peak begins at a sample of clean time.
  public var pValue: Double { min(exponential(-Double(peakScore) * naturalLogarithmOfTen), 1) }
}
