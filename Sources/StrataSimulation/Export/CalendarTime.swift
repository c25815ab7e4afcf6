/// A moment in the calendar of Coordinated Universal Time, as log lines print it.
struct CalendarTime {
  let year: Int, month: Int, day: Int
  let hour: Int, minute: Int, second: Int, microsecond: Int

  /// - Parameter seconds: Seconds since 1970, rounded to microseconds.
  init(unixTime seconds: Double) {
    let microseconds = Int((seconds * 1e6).rounded())
    let (days, ofDay) = Self.divided(microseconds, by: 86_400_000_000)
    microsecond = ofDay % 1_000_000
    (hour, minute, second) = (
      ofDay / 3_600_000_000, ofDay / 60_000_000 % 60, ofDay / 1_000_000 % 60
    )
    // Days are counted from 1 March of year 0, so that the leap day is the last of its year: Hinnant,
    // "chrono-Compatible Low-Level Date Algorithms".
    let (era, ofEra) = Self.divided(days + 719_468, by: 146_097)
    let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let dayOfYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Quotient and remainder, the remainder never negative.
  private static func divided(_ value: Int, by divisor: Int) -> (Int, Int) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }

  /// Appends `2026-11-22`, a separator, `04:41:44`, a point and six digits.
  func write(to text: inout TextBuffer, separator: String, point: String) {
    text.append(padded: year, width: 4)
    text.append("-")
    text.append(padded: month, width: 2)
    text.append("-")
    text.append(padded: day, width: 2)
    text.append(separator)
    text.append(padded: hour, width: 2)
    text.append(":")
    text.append(padded: minute, width: 2)
    text.append(":")
    text.append(padded: second, width: 2)
    text.append(point)
    text.append(padded: microsecond, width: 6)
  }
}
