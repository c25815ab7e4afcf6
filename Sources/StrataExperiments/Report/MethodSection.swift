import StrataEvaluation

/// The measures of every method on the run, side by side.
struct MethodSection: Sendable {
  private let methods: [DetectionReport.Method]

  init(_ methods: [DetectionReport.Method]) { self.methods = methods }

  var markup: Markup {
    .section(
      "Against simple methods",
      "Every method learnt from the same clean time and got its threshold from the same budget. The areas (higher is "
        + "better) compare the highest score of any device with the times of all faults; the rank is the median place "
        + "of the true culprit among all devices.",
      [
        .table(
          columns: [
            ("method", false), ("faults found", true), ("false alarms", true), ("median delay", true),
            ("VUS-PR", true), ("AUC-PR", true), ("ROC-AUC", true), ("culprit's rank", true),
            ("true channels on top (HitRate@100 %)", true),
          ], rows: methods.map(row), own: 0)
      ])
  }

  private func row(_ method: DetectionReport.Method) -> [Markup] {
    let judged = method.judgement
    let ranks = judged.faults.compactMap(\.culpritRank).map(Double.init)
    let cases = judged.culpritCases
    let hits = cases.scores.isEmpty ? nil : try? hitRate(scores: cases.scores, culprits: cases.culprits)
    return [
      method.name, "\(judged.faults.count { $0.delay != nil }) of \(judged.faults.count)",
      "\(judged.detection.falseAlarms)", judged.medianDelay.map { NumberText.duration(seconds: $0) } ?? "–",
      NumberText.fixed(judged.ranking.volume.pr, decimals: 3),
      NumberText.fixed(judged.ranking.averagePrecision, decimals: 3),
      NumberText.fixed(judged.ranking.areaUnderROC, decimals: 3),
      ranks.isEmpty ? "–" : NumberText.short(quantile(0.5, of: ranks)),
      hits.map { NumberText.fixed($0, decimals: 2) } ?? "–",
    ].map { .text($0) }
  }
}
