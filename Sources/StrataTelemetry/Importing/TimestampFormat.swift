/// How a table writes points in time.
public enum TimestampFormat: String, CaseIterable, Hashable, Sendable {
  /// Seconds since 1970 (UTC), with an optional fraction.
  case unix
  /// Milliseconds since 1970 (UTC).
  case unixMilliseconds = "unix-ms"
  /// `2026-03-01T12:30:00.5+01:00`; a space may stand for the `T`, the fraction and the zone may be absent (UTC).
  case iso8601

  /// The point in time that a field of the current record names, in seconds since 1970 (UTC).
  func seconds(_ column: Int, of reader: borrowing CSVReader) throws(TelemetryFileError) -> Double {
    let seconds: Double
    switch self {
    case .unix: seconds = try reader.number(column)
    case .unixMilliseconds: seconds = try reader.number(column) / 1000
    case .iso8601:
      let text = try reader.text(column)
      guard let parsed = Self.seconds(iso8601: text) else {
        throw reader.error(
          "'\(text)' in column '\(reader.columns[column])' is not a time such as 2026-03-01T12:30:00Z")
      }
      seconds = parsed
    }
    guard seconds.isFinite else { throw reader.error("column '\(reader.columns[column])' has no time") }
    return seconds
  }

  /// Reads a point in time, or returns `nil` when the text is not one of the Gregorian calendar.
  static func seconds(iso8601 text: String) -> Double? {
    var rest = Substring(text)
    func number(_ digits: Int) -> Int? {
      let head = rest.prefix(digits)
      guard head.utf8.count == digits, head.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
      rest = rest.dropFirst(digits)
      return Int(head)
    }
    func take(_ choices: String) -> Character? {
      guard let first = rest.first, choices.contains(first) else { return nil }
      return rest.removeFirst()
    }
    guard let year = number(4), take("-") != nil, let month = number(2), take("-") != nil, let day = number(2),
      take("Tt ") != nil, let hour = number(2), take(":") != nil, let minute = number(2), take(":") != nil,
      let second = number(2), (1...12).contains(month), (1...daysInMonth(month, year)).contains(day), hour < 24,
      minute < 60, second <= 60
    else { return nil }
    var fraction = 0.0
    if take(".,") != nil {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard !digits.isEmpty, let parsed = Double("0.\(digits)") else { return nil }
      fraction = parsed
      rest = rest.dropFirst(digits.count)
    }
    var offset = 0
    if let sign = take("+-") {
      guard let hours = number(2), hours < 24 else { return nil }
      let minutes = rest.isEmpty ? 0 : take(":").flatMap { _ in number(2) } ?? number(2) ?? 60
      guard minutes < 60 else { return nil }
      offset = (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
    } else {
      _ = take("Zz")
    }
    guard rest.isEmpty else { return nil }
    return Double(days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset) + fraction
  }

  private static func daysInMonth(_ month: Int, _ year: Int) -> Int {
    let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  /// Days since 1970-01-01 of the Gregorian calendar, by years that begin in March.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
  }
}
