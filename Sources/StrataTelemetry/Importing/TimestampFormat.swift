/// How a table writes points in time.
public enum TimestampFormat: String, CaseIterable, Hashable, Sendable {
  /// Seconds since 1970 (UTC), with an optional fraction.
  case unix
  /// Milliseconds since 1970 (UTC).
  case unixMilliseconds = "unix-ms"
  /// Microseconds since 1970 (UTC).
  case unixMicroseconds = "unix-us"
  /// Nanoseconds since 1970 (UTC).
  case unixNanoseconds = "unix-ns"
  /// `2026-03-01T12:30:00.5+01:00`; a space may stand for the `T` and slashes for the hyphens, the fraction and the zone
  /// may be absent (UTC).
  case iso8601

  /// How many units of a number make a second; `nil` where times are texts.
  var unitsPerSecond: Double? {
    switch self {
    case .unix: 1
    case .unixMilliseconds: 1e3
    case .unixMicroseconds: 1e6
    case .unixNanoseconds: 1e9
    case .iso8601: nil
    }
  }

  private static let units: [(format: TimestampFormat, name: String)] = [
    (.unix, "seconds"), (.unixMilliseconds, "milliseconds"), (.unixMicroseconds, "microseconds"),
    (.unixNanoseconds, "nanoseconds"),
  ]

  /// The point in time that a field of the current record names, in seconds since 1970 (UTC).
  func seconds(_ column: Int, of reader: borrowing CSVReader) throws(TelemetryFileError) -> Double {
    let name = reader.columns[column]
    guard let unitsPerSecond else {
      let text = try reader.text(column)
      if let seconds = Self.seconds(iso8601: text) { return seconds }
      throw reader.error("'\(text)' in column '\(name)' is not a time such as 2026-03-01T12:30:00Z")
    }
    guard let number = reader.numberIfAny(column) else {
      let text = try reader.text(column)
      guard Self.seconds(iso8601: text) != nil else { throw reader.notANumber(column) }
      throw reader.error("'\(text)' in column '\(name)' is a date; set 'format: iso8601' for the times")
    }
    guard number.isFinite else { throw reader.error("column '\(name)' has no time") }
    let seconds = number / unitsPerSecond
    guard seconds.magnitude < RunMetadata.timeLimit else {
      throw reader.error("'\(try reader.text(column))' in column '\(name)' \(Self.advice(on: number))")
    }
    return seconds
  }

  /// What a number is that is no time in the unit it was read in.
  private static func advice(on number: Double) -> String {
    // Between the years 1973 and 2112.
    for (format, name) in units where (1e8..<RunMetadata.timeLimit).contains(number / format.unitsPerSecond!) {
      return "looks like \(name) since 1970; set 'format: \(format.rawValue)' for the times, or correct the row"
    }
    return "does not lie between the years 1828 and 2112"
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
    guard let year = number(4), let hyphen = take("-/"), let month = number(2), take("\(hyphen)") != nil,
      let day = number(2),
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
