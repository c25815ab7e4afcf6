/// What the colours, dashes and shapes of figures mean: a line of HTML that wraps where the page is narrow.
public struct Legend: Sendable {
  public enum Key: Sendable {
    case line(style: Int)
    case mark(style: Int?, isHollow: Bool)
    case band(LinePanel.Band.Kind)
    case envelope
    case threshold
    case shade(Int)
  }

  public let entries: [(key: Key, label: String)]

  public init(_ entries: [(key: Key, label: String)]) { self.entries = entries }

  public var html: Markup {
    Markup(
      "ul", ["class": "legend"],
      entries.map { entry in Markup("li", [:], [Self.swatch(entry.key), .text(" " + entry.label)]) })
  }

  private static func swatch(_ key: Key) -> Markup {
    let shape =
      switch key {
      case .line(let style): Markup("path", ["class": "line-\(style)", "d": "M1 6H25"])
      case .mark(let style, let isHollow):
        Markup(
          "g", ["class": MarkShape(style: style).styleClass(isHollow: isHollow)],
          [MarkShape(style: style).markup(13, 6, size: style == nil ? 3 : 4.6)])
      case .band(let kind):
        kind == .fault
          ? Markup("rect", ["class": "band-fault", "x": "3", "y": "0", "width": "20", "height": "12"])
          : Markup("rect", ["class": "band-\(kind.rawValue)", "x": "3", "y": "4", "width": "20", "height": "5"])
      case .envelope: Markup("rect", ["class": "envelope", "x": "3", "y": "1", "width": "20", "height": "10"])
      case .shade(let shade):
        Markup("rect", ["class": "shade-\(shade)", "x": "3", "y": "0", "width": "20", "height": "12"])
      case .threshold: Markup("path", ["class": "threshold", "d": "M1 6H25"])
      }
    return Markup("svg", ["viewBox": "0 0 26 12", "width": "26", "height": "12", "aria-hidden": "true"], [shape])
  }
}
