/// A JSON string: quoted, with quotes, backslashes and control characters escaped.
package func quotedAsJSON(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"", "\\": result += "\\\(scalar)"
    case "\n": result += "\\n"
    case "\u{0}"..<" ": result += "\\u" + UInt16(scalar.value).hexadecimal
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

/// A name from outside as an error shows it: quoted, escaped and at most 80 characters long.
package func shown(_ name: some StringProtocol) -> String {
  let scalars = name.unicodeScalars
  let short = String(String.UnicodeScalarView(scalars.prefix(80))).debugDescription.dropFirst().dropLast()
  return "'\(short)\(scalars.dropFirst(80).isEmpty ? "" : "…")'"
}
