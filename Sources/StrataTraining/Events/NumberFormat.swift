import StrataTensor

/// Numbers for people and for JSON, without a locale.
enum NumberFormat {
  /// `value` with `digits` places after the point.
  static func fixed(_ value: Double, _ digits: Int) -> String {
    fixedPoint(value, decimals: digits) ?? "\(value)"
  }

  /// About four significant digits, in scientific notation outside `0.001..<10000`.
  static func short(_ value: Double) -> String {
    let size = abs(value)
    guard value.isFinite, size > 0 else { return value == 0 ? "0" : "\(value)" }
    if size >= 0.001 && size < 10_000 { return fixed(value, size < 1 ? 4 : size < 10 ? 3 : size < 100 ? 2 : 1) }
    var (mantissa, exponent) = (value, 0)
    while abs(mantissa) >= 9.995 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while abs(mantissa) < 0.9995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    return "\(fixed(mantissa, 2))e\(exponent < 0 ? "-" : "+")\(padded(abs(exponent), to: 2))"
  }

  /// A duration in the two units that matter, such as `2m05s`.
  static func duration(seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "?" }
    let total = Int(seconds.rounded())
    switch total {
    case ..<60: return "\(total)s"
    case ..<3600: return "\(total / 60)m\(padded(total % 60, to: 2))s"
    case ..<86_400: return "\(total / 3600)h\(padded(total % 3600 / 60, to: 2))m"
    default: return "\(total / 86_400)d\(padded(total % 86_400 / 3600, to: 2))h"
    }
  }
}
