extension StringProtocol {
  /// The text without the blanks (space, tab) around it, which belong to no field of a table.
  var withoutBlanksAround: String {
    func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
    guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
      return ""
    }
    return String(self[first...last])
  }
}
