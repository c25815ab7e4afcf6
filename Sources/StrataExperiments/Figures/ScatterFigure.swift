/// Points in the plane, by class: each class has a colour and a shape.
public struct ScatterFigure: Sendable {
  public struct Group: Sendable {
    public let label: String
    /// Which colour and shape; `nil` for the background that the others stand out from.
    public let style: Int?
    /// Whether only the outline of a point is drawn.
    public let isHollow: Bool
    public let points: [LinePanel.Point]

    public init(_ label: String, style: Int?, isHollow: Bool = false, points: [LinePanel.Point]) {
      (self.label, self.style, self.isHollow, self.points) = (label, style, isHollow, points)
    }
  }

  public var title: String
  public var horizontalLabel: String
  public var verticalLabel: String
  /// Drawn in this order, later groups above earlier ones.
  public var groups: [Group]

  public init(title: String, horizontalLabel: String, verticalLabel: String, groups: [Group]) {
    (self.title, self.horizontalLabel, self.verticalLabel, self.groups) = (
      title, horizontalLabel, verticalLabel, groups
    )
  }

  /// Draws the figure; lengths as for ``LinePanel/svg(width:height:)``.
  public func svg(width: Double, height: Double) -> Markup {
    let (left, right, top, bottom) = (24.0, 10.0, 10.0, 26.0)
    let points = groups.flatMap(\.points)
    let x = Axis(Self.domain(points.map(\.x)), from: left, to: width - right, kind: .number(unit: "1"))
    let y = Axis(Self.domain(points.map(\.y)), from: height - bottom, to: top, kind: .number(unit: "1"))
    var children: [Markup] = [
      Markup("title", text: title),
      Markup(
        "path",
        [
          "class": "axis", "fill": "none",
          "d": "M\(NumberText.coordinate(left)) \(NumberText.coordinate(top))V\(NumberText.coordinate(height - bottom))"
            + "H\(NumberText.coordinate(width - right))",
        ]),
      Markup(
        "text",
        [
          "class": "muted", "x": NumberText.coordinate((left + width - right) / 2),
          "y": NumberText.coordinate(height - 9), "text-anchor": "middle",
        ],
        text: horizontalLabel),
      Markup(
        "text",
        [
          "class": "muted", "text-anchor": "middle",
          "transform": "translate(15 \(NumberText.coordinate((top + height - bottom) / 2))) rotate(-90)",
        ], text: verticalLabel),
    ]
    for group in groups {
      let shape = MarkShape(style: group.style)
      let size = group.style == nil ? 2.6 : group.isHollow ? 3.2 : 4.4
      children.append(
        Markup(
          "g", ["class": shape.styleClass(isHollow: group.isHollow)],
          group.points.map { shape.markup(x.coordinate($0.x), y.coordinate($0.y), size: size) }))
    }
    return Markup(
      "svg",
      [
        "viewBox": "0 0 \(NumberText.coordinate(width)) \(NumberText.coordinate(height))", "role": "img",
        "xmlns": "http://www.w3.org/2000/svg",
      ], children)
  }

  private static func domain(_ values: [Double]) -> ClosedRange<Double> {
    let (low, high) = (values.min() ?? 0, values.max() ?? 1)
    let margin = (high - low) * 0.04
    return low - margin...high + margin
  }
}

/// The shape of a point, which tells classes apart without colour.
struct MarkShape: Sendable {
  let style: Int?

  /// The class of the style sheet that colours the points.
  func styleClass(isHollow: Bool) -> String {
    guard let style else { return "mark-normal" }
    return isHollow ? "hollow-\(style)" : "mark mark-\(style)"
  }

  /// The point at a place, as wide as twice `size`.
  func markup(_ x: Double, _ y: Double, size: Double) -> Markup {
    func at(_ dx: Double, _ dy: Double) -> String {
      "\(NumberText.coordinate(x + dx * size)) \(NumberText.coordinate(y + dy * size))"
    }
    let outline: [(Double, Double)]
    switch style {
    case nil, 0:
      return Markup(
        "circle",
        ["cx": NumberText.coordinate(x), "cy": NumberText.coordinate(y), "r": NumberText.coordinate(size * 0.95)])
    case 1: outline = [(0, -1.15), (1.05, 0.75), (-1.05, 0.75)]
    case 2: outline = [(-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)]
    case 3: outline = [(0, -1.2), (1.05, 0), (0, 1.2), (-1.05, 0)]
    case 4: outline = [(0, 1.15), (1.05, -0.75), (-1.05, -0.75)]
    default:
      outline = [
        (-0.35, -1.1), (0.35, -1.1), (0.35, -0.35), (1.1, -0.35), (1.1, 0.35), (0.35, 0.35), (0.35, 1.1),
        (-0.35, 1.1), (-0.35, 0.35), (-1.1, 0.35), (-1.1, -0.35), (-0.35, -0.35),
      ]
    }
    let data = outline.enumerated().map { "\($0 == 0 ? "M" : "L")\(at($1.0, $1.1))" }.joined() + "Z"
    return Markup("path", ["d": data])
  }
}
