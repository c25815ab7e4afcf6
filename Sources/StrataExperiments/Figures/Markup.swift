/// An element of an SVG or HTML document.
///
/// Texts and attribute values are escaped when they are rendered, so that no name from outside can become markup.
public struct Markup: Sendable {
  private enum Content: Sendable {
    case element(name: String, attributes: [(name: String, value: String)], children: [Markup])
    case text(String)
    /// A style sheet, which HTML does not unescape.
    case styleSheet(String)
  }

  private let content: Content

  /// An element with children.
  public init(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ children: [Markup] = []) {
    content = .element(name: name, attributes: attributes.map { ($0.key, $0.value) }, children: children)
  }

  /// An element that holds a text.
  public init(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], text: String) {
    self.init(name, attributes, [.text(text)])
  }

  private init(_ content: Content) { self.content = content }

  public static func text(_ text: String) -> Markup { Markup(.text(text)) }

  /// A `style` element.
  ///
  /// - Precondition: The sheet does not close the element.
  public static func styleSheet(_ sheet: String) -> Markup { Markup(.styleSheet(sheet)) }

  /// HTML elements that have no end tag.
  private static let voidElements: Set<String> = ["meta", "br", "hr", "img", "col"]

  /// The document text: HTML that is well-formed XML too.
  public var rendered: String {
    var result = ""
    render(into: &result)
    return result
  }

  private func render(into result: inout String) {
    switch content {
    case .text(let text): result += Self.escaped(text)
    case .styleSheet(let sheet): result += "<style>\n\(sheet)</style>"
    case .element(let name, let attributes, let children):
      result += "<\(name)"
      for (name, value) in attributes { result += " \(name)=\"\(Self.escaped(value))\"" }
      if Self.voidElements.contains(name) {
        result += "/>"
      } else {
        result += ">"
        for child in children { child.render(into: &result) }
        result += "</\(name)>"
      }
      if Self.blocks.contains(name) { result += "\n" }
    }
  }

  /// Elements after which a line break changes nothing and makes the source readable.
  private static let blocks: Set<String> = [
    "svg", "g", "path", "rect", "line", "circle", "p", "h1", "h2", "h3", "table", "tr", "thead", "tbody", "section",
    "figure", "figcaption", "div", "head", "body", "header", "footer", "ul", "li", "meta", "title", "dl", "dd", "main",
  ]

  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      // Control characters are not allowed in XML at all.
      case _ where scalar.value < 0x20 && scalar != "\n" && scalar != "\t": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
