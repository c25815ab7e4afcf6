#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Times as people and programs read them.
enum TimeText {
  /// `2026-01-05T00:00:05Z`, to the second.
  static func utc(_ seconds: Double) -> String {
    Date(timeIntervalSince1970: seconds.rounded(.down)).formatted(.iso8601)
  }

  /// A duration in the two units that matter, such as `2m05s`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "?" }
    let total = Int(seconds.rounded())
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return switch total {
    case ..<60: "\(total)s"
    case ..<3600: "\(total / 60)m\(two(total % 60))s"
    default: "\(total / 3600)h\(two(total % 3600 / 60))m"
    }
  }
}
