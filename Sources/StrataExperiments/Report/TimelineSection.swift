import StrataDiagnosis
import StrataTelemetry

/// The score of the whole run over time, with alarms and the truth.
struct TimelineSection: Sendable {
  private let report: DetectionReport

  init(_ report: DetectionReport) { self.report = report }

  var markup: Markup {
    .section(
      "Score over time",
      "The highest score of any entity, at every time after the clean time that the detector was fitted to. A score of s "
        + "means that a false alarm that reaches it begins in one of 10ˢ samples of a host. The threshold is the budget: "
        + "\(NumberText.short(report.detection.scores.policy.budget)) false alarms per 1000 days of a host.",
      [
        .figure(wide: panel.svg(width: 1180, height: 260), narrow: panel.svg(width: 400, height: 240)),
        Legend([
          (.line(style: 0), "highest score"), (.threshold, "threshold"), (.band(.fault), "true fault, by number"),
          (.band(.alarm), "alarm"), (.band(.benign), "benign: checkpoint, evaluation, long sequences, slow storage"),
        ]).html,
        Markup("p", ["class": "muted"], text: "Time is hours and minutes since the run began."),
      ])
  }

  private var panel: LinePanel {
    let judgement = report.judgement
    let points = judgement.scores.enumerated().map { index, score in
      LinePanel.Point(report.seconds(judgement.samples.lowerBound + index), Double(score))
    }
    var panel = LinePanel(title: "Anomaly score", lines: [LinePanel.Line(style: 0, points: points)])
    panel.threshold = report.detection.scores.series.map { Double($0.threshold) }.max()
    panel.bands = Self.benign(report).map { LinePanel.Band(.benign, report.seconds($0)) }
    panel.bands += judgement.faults.enumerated().map { index, judged in
      LinePanel.Band(.fault, report.seconds(judged.fault.interval), mark: "\(index + 1)")
    }
    panel.bands += report.detection.incidents.joined().map { LinePanel.Band(.alarm, report.seconds($0.samples)) }
    return panel
  }

  private static func benign(_ report: DetectionReport) -> [Range<Int>] {
    report.run.labels.filter(\.isBenign).map { $0.interval.clamped(to: report.judgement.samples) }.filter {
      !$0.isEmpty
    }
  }
}
