import StrataDiagnosis
import StrataEvaluation
public import StrataTelemetry
import StrataTensor

/// Whether one fault was found, and whom the scores blame for it.
public struct FaultJudgement: Sendable {
  /// An entity with its mean score while the fault lasted.
  public struct Suspect: Hashable, Sendable {
    public let entity: EntityPath
    public let score: Float
  }

  /// A channel of an entity with its mean contribution to the score while the fault lasted.
  public struct RankedCell: Hashable, Sendable {
    public let cell: FaultCase.Cell
    public let contribution: Float
  }

  public let fault: FaultCase
  /// Samples from the onset to the first alarm; `nil` when it was missed.
  public let delay: Int?
  /// Every entity, the most suspect first.
  public let suspects: [Suspect]
  /// Every channel of every entity, the largest contribution first; empty when the method names no channels.
  public let cells: [RankedCell]

  init(_ fault: FaultCase, delay: Int?, scores: [ScoreSeries], channels: [ChannelReference]) {
    (self.fault, self.delay) = (fault, delay)
    var suspects: [Suspect] = []
    var cells: [RankedCell] = []
    for series in scores {
      let samples = fault.interval.clamped(to: series.samples)
      guard !samples.isEmpty else { continue }
      let positions = samples.lowerBound - series.samples.lowerBound..<samples.upperBound - series.samples.lowerBound
      let mean = series.scores[positions].reduce(0.0) { $0 + Double($1) } / Double(positions.count)
      suspects.append(Suspect(entity: series.entity, score: Float(mean)))
      for (reference, contribution) in zip(channels, series.channelContributions(in: positions)) {
        cells.append(
          RankedCell(
            cell: FaultCase.Cell(entity: series.entity, layer: reference.layer, channel: reference.channel.name),
            contribution: contribution))
      }
    }
    self.suspects = suspects.sorted { ($1.score, $0.entity) < ($0.score, $1.entity) }
    self.cells = cells.sorted {
      ($1.contribution, $0.cell.entity, $0.cell.layer, $0.cell.channel)
        < ($0.contribution, $1.cell.entity, $1.cell.layer, $1.cell.channel)
    }
  }

  /// The place of the most suspect culprit among all entities, counted from one.
  public var culpritRank: Int? {
    let culprits = Set(fault.culprits)
    return suspects.firstIndex { culprits.contains($0.entity) }.map { $0 + 1 }
  }

  /// The place of the first channel that truly shows the cause among all channels of all entities, counted from one.
  public var cellRank: Int? { cells.firstIndex { fault.cells.contains($0.cell) }.map { $0 + 1 } }
}

extension RunJudgement {
  /// The faults with known channels, as cases of `hitRate` and `ndcg` over all channels of all entities.
  public var culpritCases: (scores: [[Float]], culprits: [[Bool]]) {
    let known = faults.filter { !$0.cells.isEmpty && !$0.fault.cells.isEmpty }
    return (
      known.map { $0.cells.map(\.contribution) },
      known.map { judged in judged.cells.map { judged.fault.cells.contains($0.cell) } }
    )
  }
}
