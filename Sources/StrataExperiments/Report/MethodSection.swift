import StrataDiagnosis

/// The metrics of every method on the run, side by side.
struct MethodSection: Sendable {
  private let methods: [DetectionReport.Method]
  private let policy: AlarmPolicy

  init(_ methods: [DetectionReport.Method], policy: AlarmPolicy) { (self.methods, self.policy) = (methods, policy) }

  private static let metrics: [Metric] = [
    .falseAlarms, .falseAlarmRate, .medianDelay, .vusPR, .averagePrecision, .areaUnderROC, .culpritRank, .hitRate,
  ]

  var markup: Markup {
    .section(
      "Against simple methods",
      "Every method learnt from the same clean time and got its threshold from the same budget of "
        + "\(NumberText.short(policy.budget)) false alarms per 1000 days of a host. The areas (higher is better) compare the "
        + "highest score of any device with the times of all faults; the rank is the median place of the true culprit "
        + "among all devices, HitRate@100 % the share of the true channels on top.",
      [
        .table(
          columns: [("method", false), ("faults found", true)] + Self.metrics.map { ($0.title, true) },
          rows: methods.map(row), own: 0)
      ])
  }

  private func row(_ method: DetectionReport.Method) -> [Markup] {
    let judged = method.judgement
    let found = "\(judged.faults.count { $0.delay != nil }) of \(judged.faults.count)"
    let values = Self.metrics.map { metric in judged.value(of: metric).map(metric.text) ?? "–" }
    return ([method.name, found] + values).map { .text($0) }
  }
}
