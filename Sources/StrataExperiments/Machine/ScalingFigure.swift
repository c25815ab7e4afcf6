/// How costs grow with one size: measured points and fitted power laws, both axes logarithmic.
public struct ScalingFigure: Sendable {
  /// One cost.
  public struct Series: Sendable {
    public let label: String
    /// Sizes in ascending order, and what each costs.
    public let points: [LinePanel.Point]
    public let law: PowerLaw

    /// - Precondition: There are two points at least, and all numbers are positive.
    public init(_ label: String, points: [LinePanel.Point]) {
      (self.label, self.points, law) = (label, points, PowerLaw(fitting: points))
    }
  }

  private static let (width, height, row, margin) = (480.0, 300.0, 18.0, 10.0)

  /// What grows with what.
  public let title: String
  /// What the axes are.
  public let subtitle: String
  /// The unit of the costs.
  public let unit: String
  /// At most `FigureStyle.seriesCount`.
  public let series: [Series]

  /// A figure of these costs.
  public init(title: String, subtitle: String, unit: String, series: [Series]) {
    (self.title, self.subtitle, self.unit, self.series) = (title, subtitle, unit, series)
  }

  /// A standalone SVG document.
  public var svg: String {
    var panel = LinePanel(
      title: title,
      lines: series.enumerated().map { style, series in
        LinePanel.Line(style: style, points: series.points.map { LinePanel.Point($0.x, series.law($0.x)) })
      })
    (panel.subtitle, panel.unit, panel.isTime, panel.isLogarithmic) = (subtitle, unit, false, true)
    panel.marks = series.enumerated().map { LinePanel.Line(style: $0, points: $1.points) }
    let full = Self.height + Self.row * Double(series.count) + 2 * Self.margin
    return Markup(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "role": "img",
        "viewBox": "0 0 \(NumberText.coordinate(Self.width)) \(NumberText.coordinate(full))",
      ],
      [
        Markup("title", text: title), .styleSheet(FigureStyle.styleSheet),
        Markup("rect", ["width": "100%", "height": "100%", "fill": "var(--surface)"]),
        Markup(
          "svg",
          ["width": NumberText.coordinate(Self.width), "height": NumberText.coordinate(Self.height)],
          [panel.svg(width: Self.width, height: Self.height)]),
      ] + legend
    ).rendered
  }

  private var legend: [Markup] {
    series.enumerated().flatMap { index, series in
      let y = Self.height + Self.margin + Self.row * (Double(index) + 0.5)
      let shape = MarkShape(style: index)
      return [
        Markup("path", ["class": "line-\(index)", "d": "M16 \(NumberText.coordinate(y))h32"]),
        Markup("g", ["class": shape.styleClass(isHollow: false)], [shape.markup(32, y, size: 4)]),
        Markup(
          "text", ["x": "58", "y": NumberText.coordinate(y + 4)],
          text: "\(series.label): exponent \(NumberText.fixed(series.law.exponent, decimals: 2))"),
      ]
    }
  }
}
