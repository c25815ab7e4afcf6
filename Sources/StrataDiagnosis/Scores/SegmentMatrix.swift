import StrataTelemetry
import StrataTensor

/// One entity's standardised samples of all layers, channels side by side.
struct SegmentMatrix: Sendable {
  let run: Int
  let entity: EntityPath
  let samples: Range<Int>
  /// How many rows precede the first sample that belongs to the segment: the past that methods on windows may look at.
  let lead: Int
  /// Shape `[lead + time, channel]`; zero where missing, and in covariates.
  let values: NDArray

  init<Split>(_ windows: WindowSet<Split>, segment index: Int) {
    let segment = windows.segments[index]
    let batch = windows.stretch(segment.context.lowerBound..<segment.samples.upperBound, ofSegment: index)
    (run, entity, samples) = (segment.run, segment.entity, segment.samples)
    lead = segment.samples.lowerBound - segment.context.lowerBound
    values = concatenate(
      batch.layers.map { $0.values.reshaped([$0.length, $0.channelCount]) }, axis: 1
    ).clearing(columns: windows.scale.covariatePositions)
  }

  /// The rows that belong to the segment.
  var ownRows: NDArray { values.rows(lead..<values.shape[0]) }
}

extension WindowSet {
  /// The positions of the segments of every entity.
  var segmentsByEntity: [EntityPath: [Int]] {
    Dictionary(grouping: segments.indices) { segments[$0].entity }
  }
}
