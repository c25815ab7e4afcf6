/// Fields of comma-separated values, as RFC 4180 writes them.
enum CSVText {
  /// The text, quoted where it must be.
  static func field(_ text: String) -> String {
    let needsQuotes = text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
    return needsQuotes
      ? "\"\(text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\"" : text
  }
}
