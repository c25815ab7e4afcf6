/// Lines of public data and of the simulator, in panels two by two.
struct RealismFigure {
  private static let (panelWidth, panelHeight, gap, head) = (440.0, 230.0, 16.0, 34.0)

  let title: String
  let curves: [RealismCurve]

  /// A standalone SVG document.
  var svg: String {
    let names = curves.map(\.panel).unique
    let rows = Double((names.count + 1) / 2)
    let width = 2 * Self.panelWidth + 3 * Self.gap
    let height = Self.head + rows * (Self.panelHeight + Self.gap)
    let panels = names.enumerated().map { index, name in
      let (column, row) = (Double(index % 2), Double(index / 2))
      return Markup(
        "svg",
        [
          "x": NumberText.coordinate(Self.gap + column * (Self.panelWidth + Self.gap)),
          "y": NumberText.coordinate(Self.head + row * (Self.panelHeight + Self.gap)),
          "width": NumberText.coordinate(Self.panelWidth), "height": NumberText.coordinate(Self.panelHeight),
        ], [panel(name).svg(width: Self.panelWidth, height: Self.panelHeight)])
    }
    return Markup(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "role": "img",
        "viewBox": "0 0 \(NumberText.coordinate(width)) \(NumberText.coordinate(height))",
      ],
      [
        Markup("title", text: "\(title): public data and simulation"), .styleSheet(FigureStyle.styleSheet),
        Markup("rect", ["width": "100%", "height": "100%", "fill": "var(--surface)"]),
      ] + legend + panels
    ).rendered
  }

  private func panel(_ name: String) -> LinePanel {
    let own = curves.filter { $0.panel == name }
    var panel = LinePanel(title: name, lines: own.map { LinePanel.Line(style: $0.line.style, points: $0.points) })
    panel.unit = own[0].unit
    panel.isTime = false
    return panel
  }

  private var legend: [Markup] {
    RealismCurve.Line.allCases.enumerated().flatMap { index, line in
      let x = 24 + Double(index) * 130
      return [
        Markup("path", ["class": "line-\(line.style)", "d": "M\(NumberText.coordinate(x)) 18h28"]),
        Markup("text", ["x": NumberText.coordinate(x + 36), "y": "22"], text: line.rawValue),
      ]
    }
  }
}

extension RealismCurve.Line {
  fileprivate var style: Int { self == .published ? 0 : 1 }
}
