import StrataEvaluation
import StrataTensor

/// What every method finds in every kind of cluster, summed over runs.
struct ClusterTable {
  private let rows: [ClusterRow]

  init(_ rows: [ClusterRow]) { self.rows = rows }

  /// Tables in Markdown, and below each what thresholds find that were set without the run they judge.
  var markdown: String { rows.map(\.cluster).unique.map(section).joined(separator: "\n") }

  private func section(_ cluster: String) -> String {
    let own = rows.filter { $0.cluster == cluster }
    let hasFaults = own.contains { $0.values[.faults, default: 0] > 0 }
    var text = "### \(cluster)\n\n"
    text +=
      hasFaults
      ? "| method | budget | faults found | false alarms | per 1000 node-days | alarm in quiet time | right host, by the "
        + "incident | right host, interval given | VUS-PR |\n|---|---|---|---|---|---|---|---|---|\n"
      : "| method | budget | node-days | false alarms | expected | exact interval of 95 % | per 1000 node-days |\n"
        + "|---|---|---|---|---|---|---|\n"
    for method in own.map(\.method).unique {
      for budget in Self.shownBudgets(own.filter { $0.method == method }, isFirst: method == own[0].method) {
        let cases = own.filter { $0.method == method && $0.budget == budget }
        text += hasFaults ? Self.line(method, budget, cases) : Self.quietLine(method, budget, cases)
      }
    }
    if hasFaults, own.map(\.run).unique.count > 1, own.map(\.budget).unique.count > 1 {
      text +=
        "\nBudgets chosen on the other runs (most faults found with at most \(Self.bearable) false alarms there):\n\n"
      text += "| method | faults found | false alarms |\n|---|---|---|\n"
      for method in own.map(\.method).unique {
        let chosen = Self.chosenElsewhere(own.filter { $0.method == method })
        text += "| \(method) | \(chosen.found) of \(chosen.faults) | \(chosen.falseAlarms) |\n"
      }
    }
    return text
  }

  /// How many false alarms the runs may have on which a budget is chosen.
  private static let bearable = 2

  /// Every budget of the first method; of others, of many the one at which most faults are found with few false alarms.
  private static func shownBudgets(_ rows: [ClusterRow], isFirst: Bool) -> [Double] {
    let budgets = rows.map(\.budget).unique.sorted()
    guard !isFirst, budgets.count > 2 else { return budgets }
    func among(_ budget: Double) -> [ClusterRow] { rows.filter { $0.budget == budget } }
    let bearable = budgets.filter { count(.falseAlarms, among($0)) <= 3 }
    let best = bearable.max { count(.found, among($0)) < count(.found, among($1)) }
    return best.map { [$0] } ?? [budgets[0]]
  }

  private static func total(_ quantity: ClusterRow.Quantity, _ rows: [ClusterRow]) -> Double {
    rows.reduce(0) { $0 + ($1.values[quantity] ?? 0) }
  }

  private static func count(_ quantity: ClusterRow.Quantity, _ rows: [ClusterRow]) -> Int {
    Int(total(quantity, rows))
  }

  private static func rate(_ rows: [ClusterRow]) -> String {
    NumberText.short(1000 * total(.falseAlarms, rows) / total(.nodeDays, rows))
  }

  private static func line(_ method: String, _ budget: Double, _ rows: [ClusterRow]) -> String {
    func share(_ part: ClusterRow.Quantity, _ whole: ClusterRow.Quantity) -> String {
      count(whole, rows) > 0 ? "\(count(part, rows)) of \(count(whole, rows))" : "–"
    }
    let alarmed = 100 * total(.alarmedSeconds, rows) / max(total(.quietSeconds, rows), 1)
    let volumes = rows.compactMap { $0.values[.vusPR] }
    var generator = Generator(seed: 1)
    let volume = bootstrapInterval(over: volumes, resamples: 2000, using: &generator) {
      $0.reduce(0, +) / Double($0.count)
    }
    func number(_ value: Double) -> String { NumberText.fixed(value, decimals: 3) }
    let cells = [
      method, NumberText.short(budget), share(.found, .faults), "\(count(.falseAlarms, rows))", rate(rows),
      "\(NumberText.fixed(alarmed, decimals: 1)) %", share(.rightHosts, .hosts), share(.rightGivenHosts, .givenHosts),
      "\(number(volume.estimate)) [\(number(volume.lower)), \(number(volume.upper))]",
    ]
    return "| \(cells.joined(separator: " | ")) |\n"
  }

  private static func quietLine(_ method: String, _ budget: Double, _ rows: [ClusterRow]) -> String {
    let days = total(.nodeDays, rows)
    let interval = poissonInterval(count: count(.falseAlarms, rows))
    let cells = [
      method, NumberText.short(budget), NumberText.fixed(days, decimals: 0), "\(count(.falseAlarms, rows))",
      NumberText.fixed(budget * days / 1000, decimals: 1),
      "\(NumberText.fixed(interval.lower, decimals: 1)) to \(NumberText.fixed(interval.upper, decimals: 1))",
      rate(rows),
    ]
    return "| \(cells.joined(separator: " | ")) |\n"
  }

  /// What every run has at the budget that is best on all others; among equally good ones the middle.
  private static func chosenElsewhere(_ rows: [ClusterRow]) -> (faults: Int, found: Int, falseAlarms: Int) {
    let budgets = rows.map(\.budget).unique.sorted()
    var sums = (faults: 0, found: 0, falseAlarms: 0)
    for run in rows.map(\.run).unique {
      let others = rows.filter { $0.run != run }
      func among(_ budget: Double) -> [ClusterRow] { others.filter { $0.budget == budget } }
      let bearable = budgets.filter { count(.falseAlarms, among($0)) <= Self.bearable }
      let most = bearable.map { count(.found, among($0)) }.max()
      let best = bearable.filter { count(.found, among($0)) == most }
      let own = rows.filter { $0.run == run }
      sums.faults += count(.faults, [own[0]])
      guard !best.isEmpty else { continue }
      let chosen = own.filter { $0.budget == best[best.count / 2] }
      sums.found += count(.found, chosen)
      sums.falseAlarms += count(.falseAlarms, chosen)
    }
    return sums
  }

  /// Faults found over false alarms, of every method at every budget, for clusters with several budgets.
  var curves: [(cluster: String, panel: LinePanel)] {
    rows.map(\.cluster).unique.compactMap { cluster in
      let own = rows.filter { $0.cluster == cluster }
      guard own.map(\.budget).unique.count > 2, own.contains(where: { $0.values[.faults, default: 0] > 0 }) else {
        return nil
      }
      let lines = own.map(\.method).unique.prefix(FigureStyle.seriesCount).enumerated().map { style, method in
        let points = own.map(\.budget).unique.sorted().map { budget in
          let cases = own.filter { $0.method == method && $0.budget == budget }
          return LinePanel.Point(Self.total(.falseAlarms, cases), Self.total(.found, cases))
        }
        return LinePanel.Line(style: style, points: points.sorted { ($0.x, $0.y) < ($1.x, $1.y) })
      }
      var panel = LinePanel(title: "\(cluster): faults found against false alarms", lines: lines)
      panel.subtitle = own.map(\.method).unique.prefix(FigureStyle.seriesCount).joined(separator: ", ")
      panel.isTime = false
      return (cluster, panel)
    }
  }
}
