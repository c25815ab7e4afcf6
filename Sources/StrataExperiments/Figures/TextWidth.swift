/// How wide texts are in figures, without a font to ask: an upper estimate for the fonts of the style sheet.
enum TextWidth {
  private static let character = 6.7

  /// The width of the widest text.
  static func estimate(_ texts: [String]) -> Double { Double(texts.map(\.count).max() ?? 0) * character }

  /// The text, cut short with an ellipsis where it would be wider than `width`.
  static func shorten(_ text: String, to width: Double) -> String {
    let limit = max(Int(width / character), 1)
    return text.count <= limit ? text : String(text.prefix(limit - 1)) + "…"
  }
}
