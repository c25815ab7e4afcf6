import StrataDiagnosis
import StrataTelemetry

/// The score of the whole run over time, with alarms and the truth.
struct TimelineSection: Sendable {
  private let report: DetectionReport

  init(_ report: DetectionReport) { self.report = report }

  var markup: Markup {
    .section(
      "When something was wrong",
      "The highest anomaly score of any device, at every time since the model was trained. A score above the threshold "
        + "raises an alarm; the threshold was set on clean time, for a budget of "
        + "\(NumberText.short(report.detection.scores.policy.budget)) false alarms per 1000 days of one device.",
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
