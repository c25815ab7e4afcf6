/// Reads the JSON of a safetensors header: objects, strings and lists of non-negative integers, nothing else.
///
/// Strict: the grammar is RFC 8259's, duplicate keys are the caller's to refuse, and there is no recursion to exhaust.
struct JSONScanner {
  private let bytes: [UInt8]
  private let file: String
  private var place = 0

  init(_ bytes: [UInt8], file: String) { (self.bytes, self.file) = (bytes, file) }

  private func failure(_ problem: String) -> SafetensorsError {
    SafetensorsError("header byte \(place): \(problem)", in: file)
  }

  private mutating func skipSpace() {
    while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
  }

  /// Consumes `character` if it comes next.
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
    place += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(SafetensorsError) {
    if !take(character) { throw failure("expected '\(character)'") }
  }

  /// Consumes `null` if it comes next.
  mutating func takeNull() -> Bool {
    skipSpace()
    guard bytes[place...].starts(with: "null".utf8) else { return false }
    place += 4
    return true
  }

  /// Whether a string comes next.
  var isAtString: Bool {
    mutating get {
      skipSpace()
      return place < bytes.count && bytes[place] == UInt8(ascii: "\"")
    }
  }

  /// Expects nothing but space, with which headers are padded.
  mutating func expectEnd() throws(SafetensorsError) {
    skipSpace()
    if place < bytes.count { throw failure("expected the end") }
  }

  /// Reads an object; `body` reads the value of each key.
  mutating func forEachMember(
    _ body: (inout JSONScanner, _ key: String) throws(SafetensorsError) -> Void
  ) throws(SafetensorsError) {
    try expect("{")
    if take("}") { return }
    repeat {
      let key = try string()
      try expect(":")
      try body(&self, key)
    } while take(",")
    try expect("}")
  }

  mutating func integers() throws(SafetensorsError) -> [Int] {
    try expect("[")
    var list: [Int] = []
    if take("]") { return list }
    repeat { list.append(try integer()) } while take(",")
    try expect("]")
    return list
  }

  private mutating func integer() throws(SafetensorsError) -> Int {
    skipSpace()
    let start = place
    var value = 0
    while place < bytes.count, bytes[place] >= 0x30, bytes[place] <= 0x39 {
      let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tenfold.addingReportingOverflow(Int(bytes[place] - 0x30))
      if overflow || carry { throw failure("the number is too large") }
      (value, place) = (sum, place + 1)
    }
    if place == start { throw failure("expected a non-negative integer") }
    if bytes[start] == 0x30, place > start + 1 { throw failure("the number has a leading zero") }
    return value
  }

  mutating func string() throws(SafetensorsError) -> String {
    try expect("\"")
    var text: [UInt8] = []
    while true {
      guard place < bytes.count else { throw failure("the string has no end") }
      let byte = bytes[place]
      place += 1
      if byte == UInt8(ascii: "\"") { break }
      if byte < 0x20 { throw failure("a control character in a string") }
      if byte == UInt8(ascii: "\\") { text += Array(String(try escape()).utf8) } else { text.append(byte) }
    }
    guard let string = String(validating: text, as: UTF8.self) else { throw failure("the string is not UTF-8") }
    return string
  }

  private mutating func escape() throws(SafetensorsError) -> Character {
    guard place < bytes.count else { throw failure("the string has no end") }
    let kind = bytes[place]
    place += 1
    switch kind {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Character(Unicode.Scalar(kind))
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var code = try codeUnit()
      if code >= 0xD800, code < 0xDC00, place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\\"),
        bytes[place + 1] == UInt8(ascii: "u")
      {
        place += 2
        let low = try codeUnit()
        guard low >= 0xDC00, low < 0xE000 else { throw failure("half of a surrogate pair") }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw failure("half of a surrogate pair") }
      return Character(scalar)
    default: throw failure("an unknown escape")
    }
  }

  private mutating func codeUnit() throws(SafetensorsError) -> UInt32 {
    guard place + 4 <= bytes.count else { throw failure("the string has no end") }
    var code: UInt32 = 0
    for byte in bytes[place..<place + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw failure("expected four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
    }
    place += 4
    return code
  }
}
