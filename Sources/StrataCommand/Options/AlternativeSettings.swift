/// Settings of which a configuration has one: giving one on the command line takes the other away.
enum AlternativeSettings {
  private static let pairs = [("training.steps", "training.epochs"), ("training.epochs", "training.steps")]

  /// The overrides, and for each setting that replaces another one more that empties that one.
  static func resolving(_ overrides: [String]) -> [String] {
    var values: [String: String] = [:]
    for override in overrides {
      let parts = override.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      values[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
    }
    let emptied = pairs.filter { given, other in
      !["", "null", "~"].contains(values[given] ?? "") && values[other] == nil
    }
    return overrides + emptied.map { "\($0.1)=" }
  }
}
