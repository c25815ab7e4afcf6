/// One small chart: lines over a common horizontal axis, with bands behind them.
///
/// The legend stands outside (``Legend``), so that nothing can cover the lines.
public struct LinePanel: Sendable {
  public struct Line: Sendable {
    /// Which colour and dashes, below `FigureStyle.seriesCount`.
    public let style: Int
    /// In ascending order of `x`; a NaN `y` breaks the line.
    public let points: [Point]

    public init(style: Int, points: [Point]) { (self.style, self.points) = (style, points) }
  }

  public struct Point: Sendable {
    public let x: Double, y: Double

    public init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
  }

  /// A range in which others lie, drawn behind the lines.
  public struct Envelope: Sendable {
    public let low: [Point], high: [Point]

    /// - Precondition: Both have the same `x`.
    public init(low: [Point], high: [Point]) { (self.low, self.high) = (low, high) }
  }

  /// A stretch of the horizontal axis.
  public struct Band: Sendable {
    public enum Kind: String, Sendable {
      /// The whole height of the panel.
      case fault
      /// A strip along the bottom.
      case alarm
      /// A strip along the top.
      case benign
    }

    public let kind: Kind
    public let range: ClosedRange<Double>
    /// A short mark above the band, such as a number.
    public let mark: String

    public init(_ kind: Kind, _ range: ClosedRange<Double>, mark: String = "") {
      (self.kind, self.range, self.mark) = (kind, range, mark)
    }
  }

  public var title: String
  /// Stands under the title, less prominent.
  public var subtitle = ""
  /// The unit of `y` as channels spell it.
  public var unit = "1"
  public var lines: [Line]
  public var envelope: Envelope?
  public var bands: [Band] = []
  /// A horizontal line.
  public var threshold: Double?
  /// Whether `x` is seconds since the start of a run; a plain number otherwise.
  public var isTime = true
  /// Points that are not joined, each with the shape of its style.
  public var marks: [Line] = []
  /// Whether equal distances on both axes are equal ratios; every number is then positive.
  public var isLogarithmic = false

  public init(title: String, lines: [Line]) { (self.title, self.lines) = (title, lines) }

  /// Draws the panel.
  ///
  /// - Parameters:
  ///   - width: In units of the text's size: the panel reads well when one unit is about one pixel.
  ///   - height: The height of the drawing.
  public func svg(width: Double, height: Double) -> Markup {
    let hasMarks = bands.contains { !$0.mark.isEmpty }
    let (right, top, bottom) = (18.0, 26.0 + (subtitle.isEmpty ? 0 : 14) + (hasMarks ? 14 : 0), 22.0)
    let y = Axis(
      verticalDomain, from: height - bottom, to: top, kind: .number(unit: unit), isLogarithmic: isLogarithmic)
    let ticks = y.ticks(max(2, Int((height - top - bottom) / 34)))
    let tickLabels = y.labels(ticks)
    let left = 12 + TextWidth.estimate(tickLabels)
    let x = Axis(
      horizontalDomain, from: left, to: width - right, kind: isTime ? .time : .number(unit: "1"),
      isLogarithmic: isLogarithmic)
    var children: [Markup] = [Markup("title", text: subtitle.isEmpty ? title : "\(title): \(subtitle)")]
    children.append(Markup("g", [:], background(x, top: top, bottom: height - bottom)))
    children.append(Markup("g", [:], verticalScale(x, y, Array(zip(ticks, tickLabels))) + horizontalScale(x, y)))
    if let envelope { children.append(path(of: envelope, x, y)) }
    if let threshold {
      let place = NumberText.coordinate(y.coordinate(threshold))
      children.append(
        Markup(
          "path",
          ["class": "threshold", "d": "M\(NumberText.coordinate(x.start)) \(place)H\(NumberText.coordinate(x.end))"]))
    }
    children += lines.map { path(of: $0, x, y) } + marks.map { shapes(of: $0, x, y) } + heading(width: width)
    return Markup(
      "svg",
      [
        "viewBox": "0 0 \(NumberText.coordinate(width)) \(NumberText.coordinate(height))", "role": "img",
        "xmlns": "http://www.w3.org/2000/svg",
      ], children)
  }

  private var horizontalDomain: ClosedRange<Double> {
    let all = (lines + marks).flatMap { $0.points.map(\.x) } + (envelope?.low.map(\.x) ?? [])
    return (all.min() ?? 0)...(all.max() ?? 1)
  }

  private var verticalDomain: ClosedRange<Double> {
    var all = (lines + marks).flatMap { $0.points.map(\.y) }.filter(\.isFinite)
    all += ((envelope?.low ?? []) + (envelope?.high ?? [])).map(\.y).filter(\.isFinite)
    if let threshold { all.append(threshold) }
    let (low, high) = (all.min() ?? 0, all.max() ?? 1)
    if isLogarithmic { return low / 1.3...high * 1.3 }
    if low == high { return min(low, 0)...max(high, low == 0 ? 1 : 0) }
    // Room for the strips at the bottom and at the top.
    return low - (high - low) * 0.08...high + (high - low) * 0.08
  }

  private func heading(width: Double) -> [Markup] {
    let lines = [(title, "title", 16.0), (subtitle, "muted", 31)].filter { !$0.0.isEmpty }
    return lines.map { text, style, place in
      Markup(
        "text", ["class": style, "x": "8", "y": NumberText.coordinate(place)],
        text: TextWidth.shorten(text, to: width - 16))
    }
  }

  private func background(_ x: Axis, top: Double, bottom: Double) -> [Markup] {
    var result: [Markup] = []
    for band in bands {
      let clamped = band.range.clamped(to: x.domain)
      guard clamped.upperBound > clamped.lowerBound else { continue }
      let (start, end) = (x.coordinate(clamped.lowerBound), x.coordinate(clamped.upperBound))
      let (place, height) =
        switch band.kind {
        case .fault: (top, bottom - top)
        case .alarm: (bottom - 5, 5.0)
        case .benign: (top, 5.0)
        }
      result.append(
        Markup(
          "rect",
          [
            "class": "band-\(band.kind.rawValue)", "x": NumberText.coordinate(start), "y": NumberText.coordinate(place),
            "width": NumberText.coordinate(max(end - start, 1)), "height": NumberText.coordinate(height),
          ]))
      if !band.mark.isEmpty {
        result.append(
          Markup(
            "text",
            [
              "x": NumberText.coordinate((start + end) / 2), "y": NumberText.coordinate(top - 4),
              "text-anchor": "middle", "class": "title",
            ], text: band.mark))
      }
    }
    return result
  }

  private func verticalScale(_ x: Axis, _ y: Axis, _ ticks: [(Double, String)]) -> [Markup] {
    ticks.flatMap { tick, label in
      let place = y.coordinate(tick)
      let line = "M\(NumberText.coordinate(x.start)) \(NumberText.coordinate(place))H\(NumberText.coordinate(x.end))"
      return [
        Markup("path", ["class": "grid", "d": line]),
        Markup(
          "text",
          [
            "class": "muted", "x": NumberText.coordinate(x.start - 5), "y": NumberText.coordinate(place + 4),
            "text-anchor": "end",
          ], text: label),
      ]
    }
  }

  private func horizontalScale(_ x: Axis, _ y: Axis) -> [Markup] {
    let base = NumberText.coordinate(y.start)
    let axis = Markup(
      "path",
      ["class": "axis", "d": "M\(NumberText.coordinate(x.start)) \(base)H\(NumberText.coordinate(x.end))"])
    let ticks = x.ticks(max(2, Int((x.end - x.start) / 62)))
    return [axis]
      + zip(ticks, x.labels(ticks)).flatMap { tick, label in
        let place = NumberText.coordinate(x.coordinate(tick))
        return [
          Markup("path", ["class": "axis", "d": "M\(place) \(base)v4"]),
          Markup(
            "text",
            ["class": "muted", "x": place, "y": NumberText.coordinate(y.start + 17), "text-anchor": "middle"],
            text: label),
        ]
      }
  }

  private func path(of line: Line, _ x: Axis, _ y: Axis) -> Markup {
    var data = ""
    var isDrawing = false
    for point in Self.thinned(line.points, to: Int(x.end - x.start)) {
      guard point.y.isFinite else {
        isDrawing = false
        continue
      }
      data += isDrawing ? "L" : "M"
      data += "\(NumberText.coordinate(x.coordinate(point.x))) \(NumberText.coordinate(y.coordinate(point.y)))"
      isDrawing = true
    }
    return Markup("path", ["class": "line-\(line.style)", "d": data])
  }

  private func shapes(of marks: Line, _ x: Axis, _ y: Axis) -> Markup {
    let shape = MarkShape(style: marks.style)
    return Markup(
      "g", ["class": shape.styleClass(isHollow: false)],
      marks.points.map { shape.markup(x.coordinate($0.x), y.coordinate($0.y), size: 4) })
  }

  private func path(of envelope: Envelope, _ x: Axis, _ y: Axis) -> Markup {
    let outline = (envelope.high + envelope.low.reversed()).filter { $0.y.isFinite }
    let data = outline.enumerated().map { index, point in
      "\(index == 0 ? "M" : "L")\(NumberText.coordinate(x.coordinate(point.x))) \(NumberText.coordinate(y.coordinate(point.y)))"
    }.joined()
    return Markup("path", ["class": "envelope", "d": data + "Z"])
  }

  /// At most about two points per column, the lowest and the highest of each, so that no peak is lost.
  static func thinned(_ points: [Point], to columns: Int) -> [Point] {
    guard columns > 0, points.count > 2 * columns else { return points }
    var result: [Point] = []
    for column in 0..<columns {
      let members = points[column * points.count / columns..<(column + 1) * points.count / columns]
      let finite = members.filter { $0.y.isFinite }
      guard let low = finite.min(by: { $0.y < $1.y }), let high = finite.max(by: { $0.y < $1.y }) else {
        if let gap = members.first { result.append(gap) }
        continue
      }
      result += low.x <= high.x ? [low, high] : [high, low]
    }
    return result
  }
}
