import StrataTensor

/// Finds the fields of one record after the other in a stream of comma-separated values (RFC 4180).
///
/// The buffer holds the current record and what was read ahead; it grows only when a single record does not fit.
struct RecordScanner: ~Copyable {
  /// A field: its bytes in the buffer, without quotes, and whether a doubled quote is among them.
  struct Field {
    var start: UInt32
    var end: UInt32
    var isEscaped: Bool
  }

  private enum Outcome { case record, needsMore, end }

  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  let source: String
  /// The line on which the current record begins, counted from one; zero before the first.
  private(set) var line = 0
  private(set) var fieldCount = 0
  /// Whether the current record is a line without any character.
  private(set) var isBlankLine = false

  private var separator: UInt8
  private var separators: UInt64  // eight of them
  private let recordLimit: Int
  private var stream: ByteStream
  private var buffer: UnsafeMutableBufferPointer<UInt8>
  private var fields: UnsafeMutableBufferPointer<Field>
  private var position = 0  // of the next record
  private var end = 0  // of the bytes read so far
  private var isAtEnd = false
  private var nextLine = 1

  init(_ stream: consuming ByteStream, source: String, separator: UInt8, recordLimit: Int) throws(TelemetryFileError) {
    require(recordLimit > 0 && recordLimit <= 1 << 30, "RecordScanner: a record limit of \(recordLimit) bytes")
    require(
      ![Self.quote, Self.lineFeed, Self.carriageReturn].contains(separator),
      "RecordScanner: the separator cannot be a quote or a line end")
    (self.source, self.separator, self.recordLimit) = (source, separator, recordLimit)
    separators = Self.repeated(separator)
    self.stream = stream
    buffer = Self.allocate(max(4, min(1 << 18, recordLimit)))
    fields = .allocate(capacity: 64)
    try refill()
    try skipByteOrderMark()
    takeSeparatorLine()
  }

  deinit {
    buffer.deallocate()
    fields.deallocate()
  }

  /// The bytes of a field of the current record; doubled quotes are still doubled. Valid until the next record.
  @inline(__always)
  func bytes(_ field: Int) -> UnsafeBufferPointer<UInt8> {
    require(field >= 0 && field < fieldCount, "CSVReader: field \(field) of a record with \(fieldCount)")
    let place = fields[field]
    return UnsafeBufferPointer(start: buffer.baseAddress! + Int(place.start), count: Int(place.end - place.start))
  }

  /// The text of a field of the current record without the blanks around it, or `nil` when it is not UTF-8.
  func text(_ field: Int) -> String? {
    let bytes = DecimalNumber.trimmed(bytes(field))
    guard fields[field].isEscaped else { return String(validating: bytes, as: UTF8.self) }
    var unescaped: [UInt8] = []
    var index = 0
    while index < bytes.count {
      unescaped.append(bytes[index])
      index += bytes[index] == Self.quote ? 2 : 1
    }
    return String(validating: unescaped, as: UTF8.self)
  }

  /// Moves to the next record; `false` at the end.
  @inline(__always)
  mutating func advance() throws(TelemetryFileError) -> Bool {
    while true {
      switch try scan() {
      case .record: return true
      case .end: return false
      case .needsMore: try refill()
      }
    }
  }

  private mutating func scan() throws(TelemetryFileError) -> Outcome {
    guard position < end else { return isAtEnd ? .end : .needsMore }
    let bytes = UnsafePointer(buffer.baseAddress!)
    let (end, separator) = (end, separator)
    var cursor = position
    var count = 0
    var lines = 1
    while true {
      if count == fields.count { growFields() }
      if cursor < end, bytes[cursor] == Self.quote {
        guard let field = try scanQuoted(from: cursor + 1, lines: &lines) else { return .needsMore }
        fields[count] = field
        cursor = Int(field.end) + 1
      } else {
        let start = cursor
        cursor = endOfPlainField(from: start)
        fields[count] = Field(
          start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: cursor), isEscaped: false)
      }
      count += 1
      guard cursor < end else {
        guard isAtEnd else { return .needsMore }
        finish(fields: count, next: end, lines: lines)
        return .record
      }
      switch bytes[cursor] {
      case separator: cursor += 1
      case Self.lineFeed:
        finish(fields: count, next: cursor + 1, lines: lines)
        return .record
      case Self.carriageReturn:
        guard cursor + 1 < end || isAtEnd else { return .needsMore }
        let isPair = cursor + 1 < end && bytes[cursor + 1] == Self.lineFeed
        finish(fields: count, next: cursor + (isPair ? 2 : 1), lines: lines)
        return .record
      case Self.quote where !isQuoted(fields[count - 1]):
        throw TelemetryFileError(
          "a quote inside field \(count), which does not begin with one (quote the whole field, double the quotes in it)",
          source: source, line: nextLine)
      default:
        throw TelemetryFileError(
          "field \(count) goes on after its closing quote", source: source, line: nextLine + lines - 1)
      }
    }
  }

  /// Where the field that begins at `start` meets a separator, a line end, a quote or the end of the buffer.
  ///
  /// Eight bytes at a time: a byte is zero where it equals what it is compared with, and the lowest zero byte of a word
  /// is found exactly.
  @inline(__always)
  private func endOfPlainField(from start: Int) -> Int {
    let bytes = UnsafeRawPointer(buffer.baseAddress!)
    var cursor = start
    while cursor < end {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: cursor, as: UInt64.self))
      let found =
        Self.zeroBytes(word ^ separators) | Self.zeroBytes(word ^ Self.repeated(Self.lineFeed))
        | Self.zeroBytes(word ^ Self.repeated(Self.carriageReturn)) | Self.zeroBytes(word ^ Self.repeated(Self.quote))
      if found != 0 { return min(cursor + found.trailingZeroBitCount / 8, end) }
      cursor += 8
    }
    return end
  }

  @inline(__always)
  private static func zeroBytes(_ word: UInt64) -> UInt64 {
    (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
  }

  @inline(__always)
  private static func repeated(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

  /// The quoted field that begins at `start`, or `nil` when more bytes are needed; counts the lines in it.
  private func scanQuoted(from start: Int, lines: inout Int) throws(TelemetryFileError) -> Field? {
    let bytes = buffer.baseAddress!
    var cursor = start
    var isEscaped = false
    while cursor < end {
      let byte = bytes[cursor]
      if byte == Self.quote {
        guard cursor + 1 < end || isAtEnd else { return nil }
        guard cursor + 1 < end, bytes[cursor + 1] == Self.quote else {
          return Field(start: UInt32(start), end: UInt32(cursor), isEscaped: isEscaped)
        }
        isEscaped = true
        cursor += 1
      } else if byte == Self.lineFeed {
        lines += 1
      }
      cursor += 1
    }
    guard isAtEnd else { return nil }
    throw TelemetryFileError("a quote is opened in this record and never closed", source: source, line: nextLine)
  }

  private func isQuoted(_ field: Field) -> Bool { field.start > 0 && buffer[Int(field.start) - 1] == Self.quote }

  @inline(__always)
  private mutating func finish(fields count: Int, next: Int, lines: Int) {
    isBlankLine = count == 1 && fields[0].end == UInt32(truncatingIfNeeded: position)
    (fieldCount, position, line) = (count, next, nextLine)
    nextLine += lines
  }

  /// A buffer behind which a word may be read.
  private static func allocate(_ capacity: Int) -> UnsafeMutableBufferPointer<UInt8> {
    let padded = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: capacity + DigitBlock.padding)
    padded.initialize(repeating: 0)
    return UnsafeMutableBufferPointer(start: padded.baseAddress!, count: capacity)
  }

  private mutating func growFields() {
    let larger = UnsafeMutableBufferPointer<Field>.allocate(capacity: fields.count * 2)
    _ = larger.moveInitialize(fromContentsOf: fields)
    fields.deallocate()
    fields = larger
  }

  /// Moves the unfinished record to the front of the buffer and fills the rest.
  private mutating func refill() throws(TelemetryFileError) {
    if position > 0 {
      buffer.baseAddress!.update(from: buffer.baseAddress! + position, count: end - position)
      (position, end) = (0, end - position)
    }
    if end == buffer.count {
      guard buffer.count < recordLimit else {
        throw TelemetryFileError(
          "a record of more than \(recordLimit) bytes (is a quote never closed?)", source: source, line: nextLine)
      }
      let larger = Self.allocate(min(buffer.count * 2, recordLimit))
      _ = larger.moveInitialize(fromContentsOf: buffer)
      buffer.deallocate()
      buffer = larger
    }
    while end < buffer.count, !isAtEnd {
      let count: Int
      do {
        count = try stream.read(
          into: UnsafeMutableRawBufferPointer(start: buffer.baseAddress! + end, count: buffer.count - end))
      } catch { throw TelemetryFileError(error.problem, source: source, line: nextLine) }
      end += count
      isAtEnd = count == 0
    }
  }

  private mutating func skipByteOrderMark() throws(TelemetryFileError) {
    let start = Array(buffer[..<min(end, 3)])
    if start == [0xEF, 0xBB, 0xBF] { position = 3 }
    if [[0xFF, 0xFE], [0xFE, 0xFF]].contains(start.prefix(2)) {
      throw TelemetryFileError("is UTF-16 text, expected UTF-8", source: source)
    }
  }

  /// Takes the separator from a first line `sep=;`, which spreadsheets write for each other.
  private mutating func takeSeparatorLine() {
    let start = Array(buffer[position..<min(end, position + 7)])
    guard start.count >= 6, String(decoding: start.prefix(4), as: UTF8.self).lowercased() == "sep=",
      start[5] == Self.lineFeed || start[5] == Self.carriageReturn,
      ![Self.quote, Self.lineFeed, Self.carriageReturn].contains(start[4])
    else { return }
    (separator, separators) = (start[4], Self.repeated(start[4]))
    position += start[5] == Self.carriageReturn && start.last == Self.lineFeed ? 7 : 6
    nextLine = 2
  }
}
