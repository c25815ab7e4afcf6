import StrataDiagnosis
import StrataEvaluation
import StrataTelemetry

/// For each fault, what culprit and victim reported in every layer.
struct TelemetrySection: Sendable {
  private let report: DetectionReport
  /// Counters as rates, as the model sees them.
  private let run: Run

  init(_ report: DetectionReport) { (self.report, run) = (report, report.run.withCountersAsRates()) }

  var markup: Markup {
    .section(
      "Telemetry of culprit and victim",
      "One panel per layer, with the channel in which the two entities came to differ most from what was expected. "
        + "The culprit's line is drawn through, the victim's is dashed: it is the innocent device that is most suspect. "
        + "Counters are shown as rates.",
      [
        Legend([
          (.line(style: 0), "culprit"), (.line(style: 1), "victim"), (.envelope, "middle 90 % of all devices"),
          (.band(.fault), "true fault"), (.band(.alarm), "alarm of either device"),
        ]).html
      ] + report.judgement.faults.enumerated().flatMap { panels($0 + 1, $1) })
  }

  private func panels(_ number: Int, _ judged: FaultJudgement) -> [Markup] {
    let culprits = Set(judged.fault.culprits)
    let ranked = judged.evidence.entities.map(\.entity)
    guard let culprit = ranked.first(where: culprits.contains) ?? judged.fault.culprits.first else { return [] }
    let victim = ranked.first { !culprits.contains($0) }
    let figures = run.layers.compactMap { series -> Markup? in
      guard let channel = channel(of: series, judged, culprit, victim) else { return nil }
      let panel = panel(series, channel: channel, judged.fault, culprit, victim)
      return Markup("figure", [:], [panel.svg(width: 300, height: 165)])
    }
    var caption: [Markup] = [.text("Culprit "), .code(culprit)]
    if let victim { caption += [.text(", victim "), .code(victim)] }
    return [
      Markup("h3", text: "Fault \(number): \(DetectionReport.words(judged.fault.kind))"),
      Markup("p", ["class": "muted"], caption), Markup("div", ["class": "panels"], figures),
    ]
  }

  /// The channel of a layer to show: where the fault began, the one of its channels that the culprit shows most; else
  /// the one whose contribution to either score rose most when the fault began. Channels that say what the job is doing,
  /// and nothing about its health, are left out.
  private func channel(
    of series: LayerSeries, _ judged: FaultJudgement, _ culprit: EntityPath, _ victim: EntityPath?
  ) -> Int? {
    let own = judged.cells.first { $0.cell.entity == culprit && judged.fault.cells.contains($0.cell) }
    if let own, own.cell.layer == series.layer {
      return series.channels.firstIndex { $0.name == own.cell.channel }
    }
    let rises = report.contributionRises(of: [culprit, victim].compactMap { $0 }, during: judged.fault.interval)
    let best = rises.filter { $0.key.layer == series.layer && $0.key.channel.meaning != .other }
      .max { ($0.value, $1.key.description) < ($1.value, $0.key.description) }
    return best.flatMap { best in series.channels.firstIndex { $0.name == best.key.channel.name } }
  }

  private func panel(
    _ series: LayerSeries, channel: Int, _ fault: FaultCase, _ culprit: EntityPath, _ victim: EntityPath?
  ) -> LinePanel {
    let margin = max(fault.interval.count / 2, 12)
    let shown = (fault.interval.lowerBound - margin..<fault.interval.upperBound + margin).clamped(
      to: 0..<run.sampleCount)
    func line(_ entity: EntityPath?, style: Int) -> LinePanel.Line? {
      guard let index = entity.flatMap({ series.entities.firstIndex(of: $0) }) else { return nil }
      let values = series.series(entity: index, channel: channel)
      return LinePanel.Line(
        style: style, points: shown.map { LinePanel.Point(report.seconds($0), Double(values[$0])) })
    }
    let definition = series.channels[channel]
    var panel = LinePanel(
      title: series.layer.rawValue, lines: [line(victim, style: 1), line(culprit, style: 0)].compactMap { $0 })
    panel.subtitle = definition.name
    panel.unit = definition.unit
    panel.envelope = envelope(series, channel: channel, shown)
    panel.bands = [LinePanel.Band(.fault, report.seconds(fault.interval))]
    let alarms = report.detection.incidents.joined().flatMap(\.alarms)
      .filter { $0.entity == culprit || $0.entity == victim }
    panel.bands += mergedIntervals(alarms.map(\.samples)).map { LinePanel.Band(.alarm, report.seconds($0)) }
    return panel
  }

  /// Between the fifth and the ninety-fifth of a hundred devices, at every sample.
  private func envelope(_ series: LayerSeries, channel: Int, _ samples: Range<Int>) -> LinePanel.Envelope? {
    guard series.entities.count >= 5 else { return nil }
    let all = series.entities.indices.map { series.series(entity: $0, channel: channel) }
    var low: [LinePanel.Point] = []
    var high: [LinePanel.Point] = []
    for sample in samples {
      let values = all.map { Double($0[sample]) }.filter(\.isFinite)
      guard !values.isEmpty else { continue }
      low.append(LinePanel.Point(report.seconds(sample), quantile(0.05, of: values)))
      high.append(LinePanel.Point(report.seconds(sample), quantile(0.95, of: values)))
    }
    return LinePanel.Envelope(low: low, high: high)
  }
}
