/// A number that is not negative, with zeros before it up to so many digits.
package func padded(_ number: Int, to width: Int) -> String { padded("\(number)", to: width) }

/// A number with so many decimals, the same on every machine and in every locale.
///
/// - Parameter minus: The sign of a number below zero that is not rounded to zero.
/// - Returns: Nil for a number that is not finite or has more digits than can be told apart.
package func fixedPoint(_ value: Double, decimals: Int, minus: String = "-") -> String? {
  let unit = (0..<decimals).reduce(1.0) { unit, _ in unit * 10 }
  let units = (abs(value) * unit).rounded()
  guard units < 0x1p62 else { return nil }
  let (whole, fraction) = Int(units).quotientAndRemainder(dividingBy: Int(unit))
  let sign = value < 0 && units > 0 ? minus : ""
  return decimals > 0 ? "\(sign)\(whole).\(padded(fraction, to: decimals))" : "\(sign)\(whole)"
}

extension FixedWidthInteger where Self: UnsignedInteger {
  /// Every byte as two hexadecimal digits.
  package var hexadecimal: String { padded(String(self, radix: 16), to: Self.bitWidth / 4) }
}

private func padded(_ digits: String, to width: Int) -> String {
  String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
