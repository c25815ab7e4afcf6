import StrataTensor

/// Reads a table of comma-separated values record by record, in bounded memory.
///
/// The dialect is RFC 4180: fields are separated by commas and records by line ends (CRLF, LF or CR); a field in double
/// quotes may contain all three, and two quotes stand for one. Blanks (space, tab) around a field do not belong to it. A
/// byte-order mark is skipped, and a first line `sep=;` says what separates fields. Gzip and zstd are recognised by content.
/// Lines without any character are skipped when the table has more than one column; in a table of one column they are a
/// missing sample.
/// ```swift
/// var reader = try CSVReader(contentsOf: "hosts.csv.gz")
/// let load = try reader.column("load")
/// while try reader.advance() { total += try reader.number(load) }
/// ```
/// Fields are views of the reader's buffer; nothing is allocated per record. Numbers are read exactly (``number(_:)``).
public struct CSVReader: ~Copyable {
  /// What separates a table from its default reading.
  public struct Options: Sendable {
    /// The byte between fields.
    public var separator = UInt8(ascii: ",")
    /// The names of the columns where the file has no header.
    public var columns: [String]?
    /// The longest record that is accepted, in bytes: what bounds memory against a quote that is never closed.
    public var recordLimit = 16 << 20

    public init() {}
  }

  /// What errors call the table: the path of the file or the name given.
  public let source: String
  /// The names of the columns, in order.
  public let columns: [String]
  private var scanner: RecordScanner

  /// Opens a file and reads its header.
  ///
  /// - Throws: ``TelemetryFileError`` when the file cannot be read, is not UTF-8, has no header or names a column twice.
  public init(contentsOf path: String, options: Options = Options()) throws(TelemetryFileError) {
    try self.init(ByteStream(contentsOf: path), source: path, options: options)
  }

  /// Reads a table from memory; `source` stands for the file name in errors.
  public init(_ bytes: [UInt8], source: String, options: Options = Options()) throws(TelemetryFileError) {
    try self.init(ByteStream(bytes, source: source), source: source, options: options)
  }

  private init(_ stream: consuming ByteStream, source: String, options: Options) throws(TelemetryFileError) {
    var scanner = try RecordScanner(
      stream, source: source, separator: options.separator, recordLimit: options.recordLimit)
    if let names = options.columns { columns = names } else { columns = try Self.header(&scanner) }
    self.source = source
    self.scanner = scanner
  }

  private static func header(_ scanner: inout RecordScanner) throws(TelemetryFileError) -> [String] {
    guard try scanner.advance() else { throw TelemetryFileError("is empty, expected a header", source: scanner.source) }
    try refuseAnnotations(scanner)
    var columns: [String] = []
    var places: [String: Int] = [:]
    for field in 0..<scanner.fieldCount {
      guard let name = scanner.text(field) else {
        throw TelemetryFileError(
          "field \(field + 1) of the header is not UTF-8 text", source: scanner.source, line: scanner.line)
      }
      if let first = places.updateValue(field, forKey: name) {
        throw TelemetryFileError(
          "column '\(name)' occurs twice, as fields \(first + 1) and \(field + 1)", source: scanner.source,
          line: scanner.line)
      }
      columns.append(name)
    }
    return columns
  }

  /// InfluxDB writes lines about the columns before the header, and repeats both for every table.
  private static func refuseAnnotations(_ scanner: borrowing RecordScanner) throws(TelemetryFileError) {
    guard let first = scanner.text(0), ["#group", "#datatype", "#default"].contains(first) else { return }
    throw TelemetryFileError(
      "begins with '\(first)', an annotation of InfluxDB; export without annotations, or remove the lines that begin "
        + "with '#'", source: scanner.source, line: scanner.line)
  }

  /// The line on which the current record begins, counted from one.
  public var line: Int { scanner.line }

  /// The position of a column.
  ///
  /// - Throws: ``TelemetryFileError`` that lists the columns there are.
  public func column(_ name: String) throws(TelemetryFileError) -> Int {
    if let index = columns.firstIndex(of: name.withoutBlanksAround) { return index }
    let listed = columns.prefix(20).joined(separator: ", ") + (columns.count > 20 ? ", …" : "")
    let suggestion = Suggestion.clause(for: name, among: columns)
    throw TelemetryFileError(
      "there is no column '\(name)'\(suggestion.isEmpty ? "; there are \(listed)" : suggestion)", source: source,
      line: 1)
  }

  /// Moves to the next record; `false` at the end of the table.
  ///
  /// - Throws: ``TelemetryFileError`` when the record is malformed, does not have one field per column, or is too long.
  public mutating func advance() throws(TelemetryFileError) -> Bool {
    repeat {
      guard try scanner.advance() else { return false }
    } while scanner.isBlankLine && columns.count > 1
    guard scanner.fieldCount == columns.count else {
      throw error("\(scanner.fieldCount) \(scanner.fieldCount == 1 ? "field" : "fields"), expected \(columns.count)")
    }
    return true
  }

  /// The number in a column of the current record; NaN where the field is empty or says `nan`.
  ///
  /// The double nearest to the text, ties to even; blanks around it are allowed.
  ///
  /// - Throws: ``TelemetryFileError`` that quotes what is not a number.
  public func number(_ column: Int) throws(TelemetryFileError) -> Double {
    if let number = numberIfAny(column) { return number }
    throw notANumber(column)
  }

  /// The number in a column of the current record, NaN where the field is empty; `nil` when it is no number.
  func numberIfAny(_ column: Int) -> Double? {
    let text = scanner.bytes(column)
    return DecimalNumber.double(text) ?? (DecimalNumber.trimmed(text).isEmpty ? .nan : nil)
  }

  /// Writes the numbers of all columns of the current record; NaN where a field is empty or says `nan`.
  ///
  /// The quickest way through a table of numbers.
  ///
  /// - Precondition: `numbers` has room for every column.
  /// - Throws: ``TelemetryFileError`` that quotes what is not a number.
  public func numbers(into numbers: UnsafeMutableBufferPointer<Double>) throws(TelemetryFileError) {
    require(numbers.count >= columns.count, "CSVReader: room for \(numbers.count) of \(columns.count) numbers")
    for column in 0..<scanner.fieldCount {
      if let number = DecimalNumber.double(scanner.bytes(column)) {
        numbers[column] = number
      } else {
        numbers[column] = try self.number(column)
      }
    }
  }

  /// The number in a column of the current record, as the nearest float; NaN where the field is empty or says `nan`.
  public func float(_ column: Int) throws(TelemetryFileError) -> Float {
    let text = scanner.bytes(column)
    if let number = DecimalNumber.float(text) { return number }
    if DecimalNumber.trimmed(text).isEmpty { return .nan }
    throw notANumber(column)
  }

  /// The text in a column of the current record.
  ///
  /// - Throws: ``TelemetryFileError`` when it is not UTF-8.
  public func text(_ column: Int) throws(TelemetryFileError) -> String {
    guard let text = scanner.text(column) else { throw error("column '\(columns[column])' is not UTF-8 text") }
    return text
  }

  /// Whether a field of the current record has no characters but blanks.
  public func isEmpty(_ column: Int) -> Bool { DecimalNumber.trimmed(scanner.bytes(column)).isEmpty }

  /// An error at the current record.
  public func error(_ problem: String) -> TelemetryFileError {
    TelemetryFileError(problem, source: source, line: max(line, 1))
  }

  /// What is wrong with a field that is no number.
  @inline(never)
  func notANumber(_ column: Int) -> TelemetryFileError {
    let text = String(decoding: scanner.bytes(column).prefix(40), as: UTF8.self)
    return error("'\(text)' in column '\(columns[column])' is not a number")
  }
}
