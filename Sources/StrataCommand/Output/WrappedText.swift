/// Text in lines of a terminal.
enum WrappedText {
  /// What every terminal has.
  static let width = 80

  /// The words of `text` in lines of at most ``width`` characters, each line but the first indented; a word that is
  /// longer gets a line of its own. A no-break space keeps two words together and is written as a space.
  static func lines(_ text: String, first: String = "", indentation: Int = 0) -> String {
    var lines = first
    var length = first.count
    var isAtStart = true
    for word in text.split(separator: " ") {
      if !isAtStart, length + 1 + word.count > width {
        lines += "\n" + String(repeating: " ", count: indentation)
        (length, isAtStart) = (indentation, true)
      }
      if !isAtStart { lines += " " }
      lines += word.replacing("\u{A0}", with: " ")
      length += word.count + (isAtStart ? 0 : 1)
      isAtStart = false
    }
    return lines + "\n"
  }
}
