import StrataEvaluation

/// The VUS-PR of every method on every data set with its interval, one panel below the other.
struct ResultFigure {
  private static let rowHeight = 20.0
  private static let labelWidth = 170.0
  private static let width = 720.0
  private static let headHeight = 30.0

  let table: ResultTable
  /// The method that is drawn in another colour and shape.
  let first: String

  /// A standalone SVG document.
  var svg: String {
    var panels: [Markup] = []
    var top = 8.0
    for data in table.lines.map(\.data).unique {
      let lines = table.lines.filter { $0.data == data }
      panels += panel(data, lines, top: top)
      top += Self.headHeight + Double(lines.count) * Self.rowHeight + 34
    }
    return Markup(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "role": "img",
        "viewBox": "0 0 \(NumberText.coordinate(Self.width)) \(NumberText.coordinate(top))",
      ],
      [
        Markup("title", text: "VUS-PR with 95 % intervals"), .styleSheet(FigureStyle.styleSheet),
        Markup("rect", ["width": "100%", "height": "100%", "fill": "var(--surface)"]),
      ] + panels
    ).rendered
  }

  private func panel(_ data: String, _ lines: [ResultTable.Line], top: Double) -> [Markup] {
    let axis = Axis(0...1, from: Self.labelWidth, to: Self.width - 20, kind: .number(unit: "1"))
    let bottom = top + Self.headHeight + Double(lines.count) * Self.rowHeight
    var marks = [
      text("\(data): VUS-PR, mean over entities and seeds, 95 % interval", 8, top + 14, style: "title")
    ]
    let ticks = axis.ticks(5)
    for (tick, label) in zip(ticks, axis.labels(ticks)) {
      let x = axis.coordinate(tick)
      marks.append(line("grid", x, top + Self.headHeight - 6, x, bottom))
      marks.append(text(label, x, bottom + 15, style: "muted", anchor: "middle"))
    }
    for (index, entry) in lines.enumerated() {
      guard let interval = entry.columns[.vusPR] else { continue }
      let y = top + Self.headHeight + (Double(index) + 0.5) * Self.rowHeight
      let style = entry.method == first ? 1 : 0
      marks.append(text(entry.method, Self.labelWidth - 10, y + 4, anchor: "end"))
      marks.append(
        line("line-\(style)", axis.coordinate(interval.lower), y, axis.coordinate(interval.upper), y))
      marks.append(
        Markup(
          "g", ["class": "mark mark-\(style)"],
          [MarkShape(style: style).markup(axis.coordinate(interval.estimate), y, size: 5)]))
    }
    return marks
  }

  private func text(_ text: String, _ x: Double, _ y: Double, style: String = "", anchor: String = "start") -> Markup {
    Markup(
      "text",
      ["class": style, "x": NumberText.coordinate(x), "y": NumberText.coordinate(y), "text-anchor": anchor], text: text)
  }

  private func line(_ style: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> Markup {
    Markup(
      "line",
      [
        "class": style, "style": "stroke-dasharray: none", "x1": NumberText.coordinate(x1),
        "y1": NumberText.coordinate(y1), "x2": NumberText.coordinate(x2), "y2": NumberText.coordinate(y2),
      ])
  }
}
