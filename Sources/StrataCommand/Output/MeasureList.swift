import Strata

/// The measures of an evaluation, for people and for programs.
struct MeasureList: Encodable {
  struct Entry: Encodable {
    let measure: String
    /// `nil` when it is not finite.
    let estimate: Double?
    let lower: Double?
    let upper: Double?
    let cases: String
    let caseCount: Int

    init(_ measure: Measure) {
      func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
      self.measure = measure.name
      estimate = finite(measure.interval.estimate)
      (lower, upper) = (finite(measure.interval.lower), finite(measure.interval.upper))
      (cases, caseCount) = (measure.cases, measure.caseCount)
    }
  }

  let entities: [Entry]
  let runs: [Entry]

  init(_ evaluation: DetectionEvaluation) {
    (entities, runs) = (evaluation.entities.map(Entry.init), evaluation.runs.map(Entry.init))
  }

  func text(isColored: Bool) -> String {
    "Each entity by itself\n" + Self.table(entities).text(isColored: isColored) + "\nEach run as a whole\n"
      + Self.table(runs).text(isColored: isColored)
  }

  private static func table(_ entries: [Entry]) -> TextTable {
    var table = TextTable(
      .init("measure"), .init("value", isNumber: true), .init("95 % interval", isNumber: true), .init("over"))
    for entry in entries {
      func number(_ value: Double?) -> String {
        value.map { NumberText.fixed($0, decimals: abs($0) >= 100 ? 0 : 3) } ?? "–"
      }
      let interval = entry.caseCount > 1 ? "\(number(entry.lower)) … \(number(entry.upper))" : "–"
      table.add(entry.measure, number(entry.estimate), interval, "\(entry.caseCount) \(entry.cases)")
    }
    return table
  }
}
