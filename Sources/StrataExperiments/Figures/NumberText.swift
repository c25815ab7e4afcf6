import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Numbers as figures and tables show them; the same on every machine and in every locale.
public enum NumberText {
  /// A coordinate with at most one decimal.
  static func coordinate(_ value: Double) -> String {
    let tenths = (value * 10).rounded()
    return tenths.remainder(dividingBy: 10) == 0 ? "\(Int(tenths / 10))" : "\(tenths / 10)"
  }

  /// A number with three significant digits and an SI prefix where it needs one: `1.23 k`, `0.045`, `2.5 M`.
  public static func short(_ value: Double) -> String {
    let (scaled, prefix) = scaled(value)
    return significant(scaled, digits: 3) + (prefix.isEmpty ? "" : " " + prefix)
  }

  /// A number with a unit: `1.23 GB/s`, `45 °C`, `12.5 %`.
  ///
  /// - Parameters:
  ///   - unit: In the UCUM spelling of channels; `1` for a plain number.
  ///   - digits: How many significant digits are kept; trailing zeros are not.
  ///   - value: The number to write.
  public static func quantity(_ value: Double, unit: String, digits: Int = 3) -> String {
    let (scaled, prefix) = takesPrefix(unit) ? scaled(value) : (value, "")
    let text = prefix + symbol(of: unit)
    return significant(scaled, digits: digits) + (text.isEmpty ? "" : " " + text)
  }

  /// How a unit is written for people: `°C` for `Cel`, `B/s` for `By/s`, nothing for `1`.
  public static func symbol(of unit: String) -> String {
    let named = ["1": "", "Cel": "°C", "By": "B", "By/s": "B/s", "MiBy": "MiB", "MiBy/s": "MiB/s", "/s": "/s"]
    return named[unit] ?? unit
  }

  /// A number with a fixed count of decimals; `–` when it is not finite.
  public static func fixed(_ value: Double, decimals: Int) -> String {
    fixedPoint(value, decimals: decimals, minus: "−") ?? "–"
  }

  /// A probability: three decimals, or a power of ten when it is small.
  public static func probability(_ value: Double) -> String {
    guard value > 0, value < 0.001 else { return fixed(value, decimals: 3) }
    var exponent = Int(log10(value).rounded(.down))
    var mantissa = (value / pow(10, Double(exponent)) * 10).rounded() / 10
    if mantissa >= 10 { (mantissa, exponent) = (1, exponent + 1) }
    return "\(fixed(mantissa, decimals: 1))e\(exponent)"
  }

  /// A length of time: `35 s`, `4 min 10 s`, `1 h 05 min`, `3 h`.
  public static func duration(seconds: Double) -> String {
    guard seconds.isFinite, abs(seconds) < 1e10 else { return "–" }
    let total = Int(abs(seconds).rounded())
    let sign = seconds < 0 && total > 0 ? "−" : ""
    if total < 60 { return "\(sign)\(total) s" }
    if total < 3600 { return "\(sign)\(total / 60) min" + (total % 60 > 0 ? " \(total % 60) s" : "") }
    let minutes = total % 3600 / 60
    return "\(sign)\(total / 3600) h" + (minutes > 0 ? " \(padded(minutes, to: 2)) min" : "")
  }

  /// The time since the start of a run: `1:02:05`.
  public static func elapsed(seconds: Double) -> String {
    let total = Int(max(seconds, 0).rounded())
    return "\(total / 3600):\(padded(total % 3600 / 60, to: 2)):\(padded(total % 60, to: 2))"
  }

  /// Units that already carry a prefix, or that nobody writes with one.
  private static func takesPrefix(_ unit: String) -> Bool {
    ["1", "By", "By/s", "/s", "W", "Hz", "bit/s"].contains(unit)
  }

  private static func scaled(_ value: Double) -> (Double, String) {
    let size = abs(value)
    guard size.isFinite else { return (value, "") }
    if size >= 999_500_000 { return (value / 1e9, "G") }
    if size >= 999_500 { return (value / 1e6, "M") }
    if size >= 9_995 { return (value / 1e3, "k") }
    return (value, "")
  }

  /// The value rounded to so many significant digits, without trailing zeros.
  private static func significant(_ value: Double, digits: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "–" : value > 0 ? "∞" : "−∞" }
    guard value != 0 else { return "0" }
    let magnitude = Int(log10(abs(value)).rounded(.down))
    if magnitude < -4 { return probability(value) }
    let decimals = min(max(digits - 1 - magnitude, 0), 8)
    var text = fixed(value, decimals: decimals)
    if text.contains(".") {
      while text.last == "0" { text.removeLast() }
      if text.last == "." { text.removeLast() }
    }
    return text
  }
}
