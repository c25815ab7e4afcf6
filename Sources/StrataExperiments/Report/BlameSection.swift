import StrataDiagnosis
import StrataTelemetry

/// Whom the scores blame for each fault, beside the truth.
struct BlameSection: Sendable {
  private let report: DetectionReport

  init(_ report: DetectionReport) { self.report = report }

  /// How many channels are listed per fault.
  private static let cellLimit = 3

  var markup: Markup {
    .section(
      "Ranked causes",
      "In synchronous training every device waits for the slowest, so a fault shows everywhere. Entities are ranked by "
        + "what their channels contributed to the score while the fault lasted, beyond what most of their peers show. "
        + "✓ marks what the simulator did break.",
      [
        .table(
          columns: [
            ("number", true), ("fault", false), ("time", false), ("found after", true), ("true culprit", false),
            ("its rank", true), ("largest excess: entity, layer, channel", false),
          ], rows: report.judgement.faults.enumerated().map { row($0 + 1, $1) }, isStacked: true)
      ])
  }

  private func row(_ number: Int, _ judged: FaultJudgement) -> [Markup] {
    let fault = judged.fault
    let interval = report.run.interval
    let delay = judged.delay.map { NumberText.duration(seconds: Double($0) * interval) }
    let culprits =
      fault.culprits.count > 2
      ? "\(fault.culprits[0]) and \(fault.culprits.count - 1) more"
      : fault.culprits.map(\.description).joined(separator: ", ")
    return [
      .text("\(number)"), .text(DetectionReport.words(fault.kind)),
      Markup(
        "span", ["class": "whole"],
        text: NumberText.elapsed(seconds: report.seconds(fault.interval.lowerBound)) + "–"
          + NumberText.elapsed(seconds: report.seconds(fault.interval.upperBound))),
      delay.map { .verdict(true, $0) } ?? .verdict(false, "missed"), .code(culprits),
      judged.culpritRank.map { .verdict($0 <= fault.culprits.count, "\($0)") } ?? .text("–"),
      Markup("span", [:], cells(judged)),
    ]
  }

  private func cells(_ judged: FaultJudgement) -> [Markup] {
    judged.cells.prefix(Self.cellLimit).map { ranked in
      let isTrue = judged.fault.cells.contains(ranked.cell)
      let text = "\(ranked.cell.entity) \(ranked.cell.layer) \(ranked.cell.channel)"
      return Markup(
        "div", ["class": "entry"],
        [Markup("span", ["class": isTrue ? "good" : "muted"], text: isTrue ? "✓ " : "· "), .code(text)])
    }
  }
}
