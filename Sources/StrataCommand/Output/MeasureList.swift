import Strata

/// The measures of an evaluation, for people and for programs.
struct MeasureList: Encodable {
  struct Entry: Encodable {
    let measure: String
    /// `nil` for shares and counts.
    let unit: String?
    /// `nil` when it is not finite.
    let estimate: Double?
    let lower: Double?
    let upper: Double?
    let cases: String
    let caseCount: Int
    private let metric: Metric

    private enum CodingKeys: CodingKey { case measure, unit, estimate, lower, upper, cases, caseCount }

    init(_ measure: Measure) {
      func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
      metric = measure.metric
      (self.measure, unit) = (measure.metric.title, measure.metric.unit)
      estimate = finite(measure.interval.estimate)
      (lower, upper) = (finite(measure.interval.lower), finite(measure.interval.upper))
      (cases, caseCount) = (measure.cases, measure.caseCount)
    }

    /// A value as people read it.
    func text(_ value: Double) -> String { metric.text(value) }
  }

  let entities: [Entry]
  let runs: [Entry]
  /// False alarms that were allowed, per 1000 node-days.
  let budget: Double

  init(_ evaluation: DetectionEvaluation) {
    (entities, runs) = (evaluation.entities.map(Entry.init), evaluation.runs.map(Entry.init))
    budget = evaluation.budget
  }

  func text(isColored: Bool) -> String {
    "Each entity by itself\n" + Self.table(entities).text(isColored: isColored) + "\nEach run as a whole\n"
      + Self.table(runs).text(isColored: isColored)
      + "\n"
        + """
        The budget was \(NumberText.short(budget)) false alarms per 1000 node-days. A node is a host with its
        devices. Entities that wait for a faulty one are alarmed as well, so false
        alarms are counted of whole runs only.

        """
  }

  private static func table(_ entries: [Entry]) -> TextTable {
    var table = TextTable(
      .init("measure"), .init("value", isNumber: true), .init("95 % interval", isNumber: true), .init("over"))
    for entry in entries {
      func number(_ value: Double?) -> String { value.map(entry.text) ?? "–" }
      let interval = entry.caseCount > 1 ? "\(number(entry.lower)) … \(number(entry.upper))" : "–"
      table.add(
        entry.measure, number(entry.estimate), interval,
        "\(entry.caseCount) \(entry.cases)")
    }
    return table
  }
}
