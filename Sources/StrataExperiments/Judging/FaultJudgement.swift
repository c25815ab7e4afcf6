public import StrataDiagnosis
import StrataEvaluation
import StrataTelemetry
import StrataTensor

/// Whether one fault was found, and whom the scores blame for it.
public struct FaultJudgement: Sendable {
  /// A channel of an entity, with the part of its mean contribution to the score that most peers do not share.
  public struct RankedCell: Hashable, Sendable {
    public let cell: FaultCase.Cell
    public let contribution: Float
  }

  public let fault: FaultCase
  /// Samples from the onset to the first alarm; `nil` when it was missed.
  public let delay: Int?
  /// Every entity that differs from its peers while the fault lasts, strongest first.
  public let evidence: Evidence
  /// Every channel of every entity, the largest contribution first; empty when the method names no channels.
  public let cells: [RankedCell]

  init(_ fault: FaultCase, delay: Int?, scores: [ScoreSeries], in run: Run) {
    (self.fault, self.delay) = (fault, delay)
    evidence = Evidence(scores, during: fault.interval, in: run)
    cells = evidence.entities.flatMap { entity in
      entity.channels.map { channel in
        RankedCell(
          cell: FaultCase.Cell(entity: entity.entity, layer: channel.layer, channel: channel.name),
          contribution: channel.excess)
      }
    }.sorted {
      ($1.contribution, $0.cell.entity, $0.cell.layer, $0.cell.channel)
        < ($0.contribution, $1.cell.entity, $1.cell.layer, $1.cell.channel)
    }
  }

  /// The place of the first culprit among all entities, counted from one; `nil` when none of them differs from its peers.
  public var culpritRank: Int? {
    let culprits = Set(fault.culprits)
    return evidence.entities.firstIndex { culprits.contains($0.entity) }.map { $0 + 1 }
  }

  /// The place of the first channel that truly shows the cause among all channels of all entities, counted from one.
  public var cellRank: Int? { cells.firstIndex { fault.cells.contains($0.cell) }.map { $0 + 1 } }
}
