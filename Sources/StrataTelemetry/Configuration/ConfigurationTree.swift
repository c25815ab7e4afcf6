import StrataTensor

/// A configuration document as it was written: texts, lists and mappings, each with its place.
package struct ConfigurationTree: Sendable {
  /// What a value is.
  package enum Content: Sendable {
    /// A text; `isPlain` when it was written without quotes and may therefore be a number, a truth value or nothing.
    case scalar(String, isPlain: Bool)
    case list([ConfigurationTree])
    case mapping([Entry])
  }

  /// One key of a mapping.
  package struct Entry: Sendable {
    package let key: String
    package var value: ConfigurationTree

    package init(key: String, value: ConfigurationTree) { (self.key, self.value) = (key, value) }
  }

  package var content: Content
  package var place: ConfigurationPlace

  package init(content: Content, place: ConfigurationPlace) { (self.content, self.place) = (content, place) }

  /// Whether the value was left empty or written as `null` or `~`.
  package var isEmpty: Bool {
    if case .scalar(let text, isPlain: true) = content { ["", "~", "null"].contains(text) } else { false }
  }

  /// What the value is, for an error message; only the beginning of a long text.
  package var found: String {
    switch content {
    case .scalar(let text, isPlain: false): "the text \(shown(text))"
    case .scalar(let text, isPlain: true): isEmpty ? "nothing" : shown(text)
    case .list: "a list"
    case .mapping: "a mapping"
    }
  }

  /// One line that is equal for equal settings: keys sorted, numbers in their shortest form, no spaces or comments.
  var canonicalText: String {
    switch content {
    case .scalar(let text, let isPlain):
      if isEmpty { "null" } else if isPlain { Self.canonicalScalar(text) } else { quotedAsJSON(text) }
    case .list(let elements):
      "[" + elements.map(\.canonicalText).joined(separator: ",") + "]"
    case .mapping(let entries):
      "{"
        + entries.sorted { $0.key < $1.key }
        .map { "\(quotedAsJSON($0.key)):\($0.value.canonicalText)" }.joined(separator: ",") + "}"
    }
  }

  private static func canonicalScalar(_ text: String) -> String {
    if text == "true" || text == "false" { return text }
    if let whole = Int(text) { return "\(whole)" }
    guard let number = Double(text), number.isFinite else { return quotedAsJSON(text) }
    return Int(exactly: number).map { "\($0)" } ?? "\(number)"
  }
}
