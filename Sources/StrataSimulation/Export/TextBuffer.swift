#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// UTF-8 text under construction, with numbers as the exported formats want them.
struct TextBuffer {
  private(set) var bytes: [UInt8] = []

  var count: Int { bytes.count }

  mutating func reserveCapacity(_ count: Int) { bytes.reserveCapacity(count) }

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func append(_ text: [UInt8]) { bytes.append(contentsOf: text) }

  mutating func append(byte: UInt8) { bytes.append(byte) }

  /// Appends a whole number, with spaces in front up to `width`: Python's `{:8d}`.
  mutating func append(_ value: Int, width: Int = 0) {
    let start = bytes.count
    var rest = value.magnitude
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    while bytes.count - start < width { bytes.append(UInt8(ascii: " ")) }
    bytes[start...].reverse()
  }

  /// Appends a number of at most `width` digits with zeros in front.
  mutating func append(padded value: Int, width: Int) {
    var scale = 1
    for _ in 1..<width { scale *= 10 }
    while scale > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(value / scale % 10))
      scale /= 10
    }
  }

  /// Appends the shortest decimal that reads back as the same bits; `NaN`, `+Inf` and `-Inf` for the rest.
  mutating func append(shortest value: Double) {
    guard value.isFinite else {
      return append(value.isNaN ? "NaN" : value > 0 ? "+Inf" : "-Inf")
    }
    // Most samples are whole, or were rounded to thousandths by a sensor; they need no detour over a string. Fifteen
    // digits always read back as themselves, so the quotient proves the text.
    let thousandths = (value * 1000).rounded()
    if value == 0 && value.sign == .minus {
      append("-0")
    } else if value.magnitude < 0x1p53, value == value.rounded(.towardZero) {
      append(Int(value))
    } else if thousandths.magnitude < 1e15, thousandths / 1000 == value {
      append(thousandths: Int(thousandths))
    } else {
      append(value.description)
    }
  }

  /// Appends a number of thousandths as a decimal without zeros at its end.
  mutating func append(thousandths value: Int) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    let (whole, part) = value.magnitude.quotientAndRemainder(dividingBy: 1000)
    append(Int(whole))
    guard part > 0 else { return }
    bytes.append(UInt8(ascii: "."))
    append(padded: Int(part), width: 3)
    while bytes[bytes.count - 1] == UInt8(ascii: "0") { bytes.removeLast() }
  }

  /// Appends a number with so many digits after the point: Python's `{:.3f}`.
  mutating func append(_ value: Double, decimals: Int) {
    append(value.isNaN ? "nan" : formatted("%.*f", decimals, value))
  }

  /// Appends a number in scientific notation with so many digits after the point: Python's `{:.6E}`.
  mutating func append(scientific value: Double, decimals: Int) {
    append(value.isNaN ? "NAN" : formatted("%.*E", decimals, value))
  }

  private func formatted(_ format: String, _ decimals: Int, _ value: Double) -> String {
    // The longest is the largest double with its point and decimals.
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 330 + decimals) { text in
      _ = withVaList([CInt(decimals), value]) { vsnprintf(text.baseAddress!, text.count, format, $0) }
      return String(cString: text.baseAddress!)
    }
  }
}
