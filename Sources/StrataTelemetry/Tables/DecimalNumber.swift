/// Reads decimal numbers exactly: the result is the representable number nearest to the text, ties to even.
///
/// A number is an optional sign, digits with an optional point among or around them, and an optional exponent, with blanks
/// (space, tab) before and after; or `inf`, `infinity`, `nan`, in any case. What is too large becomes an infinity, what is
/// too small becomes zero. Hexadecimal numbers, digit separators and decimal commas are not numbers.
enum DecimalNumber {
  /// The double nearest to the text, or `nil` when it is not a number.
  ///
  /// Up to nineteen digits are read into an integer that is scaled by an exact power of ten when both fit a double
  /// (Clinger), else by 128 bits of a power of five (Eisel and Lemire). Longer numbers and remote exponents go through the
  /// standard library.
  ///
  /// - Precondition: The `DigitBlock.padding` bytes behind the text may be read; what they are does not matter.
  ///
  /// References: Clinger, "How to Read Floating Point Numbers Accurately", PLDI 1990; Lemire, "Number Parsing at a Gigabyte
  /// per Second", Software: Practice and Experience 51(8), 2021.
  @inline(__always)
  static func double(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    guard var position = text.baseAddress else { return nil }
    let end = position + text.count
    var isNegative = false
    if position < end, position.pointee == UInt8(ascii: "-") {
      isNegative = true
      position += 1
    }
    var mantissa: UInt64 = 0
    var exponent = 0
    let digits = position
    DigitBlock.read(&position, end: end, appendingTo: &mantissa)
    var digitCount = position - digits
    if position < end, position.pointee == UInt8(ascii: ".") {
      position += 1
      let fraction = position
      DigitBlock.read(&position, end: end, appendingTo: &mantissa)
      exponent = fraction - position
      digitCount -= exponent
    }
    // Everything that is not plain digits and a point takes the second look.
    guard position == end, digitCount > 0, digitCount <= 19 else { return uncommon(text) }
    return scale(mantissa, exponent, isNegative) ?? uncommon(text)
  }

  /// The float nearest to the text, or `nil` when it is not a number.
  ///
  /// Rounding the nearest double gives the nearest float, except where that double lies exactly between two floats: there
  /// the text decides which side it came from. Floats below the normal range are read by the standard library.
  static func float(_ text: UnsafeBufferPointer<UInt8>) -> Float? {
    guard let double = double(text) else { return nil }
    let discarded: UInt64 = (1 << 29) - 1
    let isBetween = double.bitPattern & discarded == 1 << 28
    let isTiny = double.magnitude < Double(Float.leastNormalMagnitude) && double != 0
    guard isBetween || isTiny else { return Float(double) }
    return Float(String(decoding: trimmed(text), as: UTF8.self))
  }

  /// `± mantissa · 10^exponent`, or `nil` where the tables end.
  @inline(__always)
  private static func scale(_ mantissa: UInt64, _ exponent: Int, _ isNegative: Bool) -> Double? {
    if mantissa <= 1 << 53, exponent <= 0, exponent >= -22 {
      let magnitude = exponent == 0 ? Double(mantissa) : Double(mantissa) / powersOfTen[-exponent]
      return isNegative ? -magnitude : magnitude
    }
    if mantissa <= 1 << 53, exponent > 0, exponent <= 22 {
      let magnitude = Double(mantissa) * powersOfTen[exponent]
      return isNegative ? -magnitude : magnitude
    }
    guard let magnitude = eiselLemire(mantissa, exponent) else { return nil }
    return isNegative ? -magnitude : magnitude
  }

  /// The powers of ten that a double holds exactly.
  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]

  /// `mantissa · 10^exponent`, correctly rounded, or `nil` where the table of powers ends.
  private static func eiselLemire(_ mantissa: UInt64, _ exponent: Int) -> Double? {
    guard mantissa != 0 else { return 0 }
    guard PowersOfFive.exponents.contains(exponent) else { return nil }
    let leadingZeros = mantissa.leadingZeroBitCount
    let normalised = mantissa << UInt64(leadingZeros)
    let place = 2 * (exponent - PowersOfFive.exponents.lowerBound)
    var product = normalised.multipliedFullWidth(by: PowersOfFive.words[place])
    let undecided = UInt64.max >> 55  // the bits below the mantissa, one guard bit and one for normalisation
    if product.high & undecided == undecided {
      let correction = normalised.multipliedFullWidth(by: PowersOfFive.words[place + 1]).high
      let (low, carries) = product.low.addingReportingOverflow(correction)
      product = (carries ? product.high + 1 : product.high, low)
    }
    // All remaining bits set: the truncated power might still change the result, where the power is not exact.
    if product.low == .max, !(-27...55).contains(exponent) { return nil }
    let upperBit = Int(product.high >> 63)
    let shift = UInt64(upperBit + 64 - 52 - 3)
    var significand = product.high >> shift
    var binaryExponent = ((152_170 + 65_536) * exponent) >> 16 + 63 + upperBit - leadingZeros + 1023
    guard binaryExponent > 0, binaryExponent < 2046 else { return nil }
    // Exactly between two doubles: to the even one.
    if product.low <= 1, (-4...23).contains(exponent), significand & 3 == 1, significand << shift == product.high {
      significand &= ~1
    }
    significand = (significand + (significand & 1)) >> 1
    if significand >= 1 << 53 {
      significand = 1 << 52
      binaryExponent += 1
    }
    return Double(bitPattern: significand & ~(1 << 52) | UInt64(binaryExponent) << 52)
  }

  /// Blanks, a plus sign, exponents, long numbers, infinities and NaN.
  @inline(never)
  private static func uncommon(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    let text = trimmed(text)
    guard let first = text.first else { return nil }
    let isNegative = first == UInt8(ascii: "-")
    let magnitude = isNegative || first == UInt8(ascii: "+") ? UnsafeBufferPointer(rebasing: text.dropFirst()) : text
    guard let form = Form(magnitude) else { return named(magnitude, isNegative) }
    if let number = form.mantissa.flatMap({ scale($0, form.exponent, isNegative) }) { return number }
    return Double(String(decoding: text, as: UTF8.self))
  }

  /// The parts of a number without sign.
  private struct Form {
    /// All digits as one integer; `nil` when there are more than nineteen after the leading zeros, or the exponent is
    /// out of all bounds.
    let mantissa: UInt64?
    let exponent: Int

    /// Fails when the text is not a number.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
      var value: UInt64 = 0
      var digitCount = 0
      var significantCount = 0
      var pointPlace: Int?
      var writtenExponent = 0
      var index = 0
      while index < text.count {
        let digit = text[index] &- UInt8(ascii: "0")
        if digit <= 9 {
          digitCount += 1
          if significantCount > 0 || digit > 0 { significantCount += 1 }
          value = value &* 10 &+ UInt64(digit)
        } else if text[index] == UInt8(ascii: "."), pointPlace == nil {
          pointPlace = digitCount
        } else {
          break
        }
        index += 1
      }
      guard digitCount > 0 else { return nil }
      if index < text.count {
        guard text[index] | 0x20 == UInt8(ascii: "e"), let written = Self.exponent(text[(index + 1)...]) else {
          return nil
        }
        writtenExponent = written
      }
      exponent = writtenExponent - (pointPlace.map { digitCount - $0 } ?? 0)
      mantissa = significantCount <= 19 && abs(writtenExponent) < Self.exponentLimit ? value : nil
    }

    private static let exponentLimit = 1_000_000

    /// A signed whole number of at most `exponentLimit`.
    private static func exponent(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
      let isNegative = text.first == UInt8(ascii: "-")
      let digits = isNegative || text.first == UInt8(ascii: "+") ? text.dropFirst() : text
      guard !digits.isEmpty else { return nil }
      var value = 0
      for byte in digits {
        let digit = byte &- UInt8(ascii: "0")
        guard digit <= 9 else { return nil }
        value = min(value * 10 + Int(digit), exponentLimit)
      }
      return isNegative ? -value : value
    }
  }

  private static func named(_ text: UnsafeBufferPointer<UInt8>, _ isNegative: Bool) -> Double? {
    guard text.count <= 8 else { return nil }
    switch String(decoding: text, as: UTF8.self).lowercased() {
    case "inf", "infinity": return isNegative ? -.infinity : .infinity
    case "nan": return .nan
    default: return nil
    }
  }

  /// The text without blanks around it.
  static func trimmed(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    var range = text.indices
    while let first = range.first, isBlank(text[first]) { range = range.dropFirst() }
    while let last = range.last, isBlank(text[last]) { range = range.dropLast() }
    return UnsafeBufferPointer(rebasing: text[range])
  }
}
