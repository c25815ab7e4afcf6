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
}
