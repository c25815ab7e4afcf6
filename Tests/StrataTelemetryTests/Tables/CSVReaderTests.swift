import StrataTelemetry
import Testing

/// All records of a table as text.
private func records(
  _ text: String, _ change: (inout CSVReader.Options) -> Void = { _ in }
) throws -> [[String]] {
  var options = CSVReader.Options()
  change(&options)
  var reader = try CSVReader(Array(text.utf8), source: "t.csv", options: options)
  var result: [[String]] = [reader.columns]
  while try reader.advance() {
    var record: [String] = []
    for column in reader.columns.indices { record.append(try reader.text(column)) }
    result.append(record)
  }
  return result
}

/// What is wrong with a table, as the reader says it.
private func problem(_ text: String, _ change: (inout CSVReader.Options) -> Void = { _ in }) -> String {
  do { return "read \(try records(text, change))" } catch { return "\(error)" }
}

@Suite struct CSVReaderTests {
  @Test func readsPlainRecords() throws {
    #expect(try records("a,b\n1,2\n3,4\n") == [["a", "b"], ["1", "2"], ["3", "4"]])
  }

  @Test func lastLineNeedsNoEnd() throws {
    #expect(try records("a,b\n1,2") == [["a", "b"], ["1", "2"]])
    #expect(try records("a,b\n1,") == [["a", "b"], ["1", ""]])
    #expect(try records("a,b") == [["a", "b"]])
  }

  @Test func acceptsEveryLineEnd() throws {
    #expect(try records("a,b\r\n1,2\r3,4\n5,6\r") == [["a", "b"], ["1", "2"], ["3", "4"], ["5", "6"]])
  }

  @Test func quotedFieldsHoldSeparatorsLineEndsAndQuotes() throws {
    #expect(
      try records("a,b\n\"x,\r\ny\",\"say \"\"hi\"\"\"\n\"\",\"\"\"\"\n")
        == [["a", "b"], ["x,\r\ny", "say \"hi\""], ["", "\""]])
  }

  @Test func doubledQuotesBeforeCombiningMarksAreOneQuote() throws {
    #expect(try records("a\n\"x\"\"\u{301}\"\n") == [["a"], ["x\"\u{301}"]])
  }

  @Test func skipsByteOrderMark() throws { #expect(try records("\u{FEFF}a,b\n1,2\n") == [["a", "b"], ["1", "2"]]) }

  @Test func blankLinesAreSkippedExceptInOneColumn() throws {
    #expect(try records("a,b\n\n1,2\n\n") == [["a", "b"], ["1", "2"]])
    #expect(try records("a\n1\n\n2\n") == [["a"], ["1"], [""], ["2"]])
    #expect(problem("a,b\n\"\"\n") == "t.csv:2: 1 field, expected 2")
  }

  @Test func takesOtherSeparatorsAndNames() throws {
    #expect(try records("a;b,c\n1;2\n") { $0.separator = UInt8(ascii: ";") } == [["a", "b,c"], ["1", "2"]])
    #expect(try records("1\t2\n") { ($0.separator, $0.columns) = (9, ["x", "y"]) } == [["x", "y"], ["1", "2"]])
  }

  @Test func blanksAroundFieldsDoNotBelongToThem() throws {
    #expect(try records(" a ,\tb\n 1,\" 2 \"\n ,x y\n") == [["a", "b"], ["1", "2"], ["", "x y"]])
    #expect(problem("a, a\n") == "t.csv:1: column 'a' occurs twice, as fields 1 and 2")
  }

  @Test func aFirstLineMayNameTheSeparator() throws {
    for start in ["sep=;\n", "SEP=;\r\n", "\u{FEFF}sep=;\r"] {
      #expect(try records(start + "a;b,c\n1;2\n") == [["a", "b,c"], ["1", "2"]])
    }
    #expect(problem("sep=\t\na\tb\n1\n") == "t.csv:3: 1 field, expected 2")
    #expect(try records("sep=x,b\n1,2\n") == [["sep=x", "b"], ["1", "2"]])
  }

  @Test func annotatedTablesAreNamed() {
    #expect(
      problem("#group,false,false\n#datatype,string,long\n,result,table\n")
        == "t.csv:1: begins with '#group', an annotation of InfluxDB; export without annotations, or remove the lines that "
        + "begin with '#'")
    #expect(problem("#Time,x\n").hasPrefix("read"))
  }

  @Test func recordsMayCrossTheBuffer() throws {
    var text = "name,number\n"
    var expected: [[String]] = [["name", "number"]]
    for row in 0..<3000 {  // about 900 kB, several times the buffer
      let name = String(repeating: row.isMultiple(of: 3) ? "ü,\n" : "x", count: row % 400)
      text += "\"\(name)\"\"\",\(row)\r\n"
      expected.append([name + "\"", "\(row)"])
    }
    #expect(try records(text) == expected)
    let long = String(repeating: "y", count: 1 << 20)
    #expect(try records("a\n\(long)\n") == [["a"], [long]])
  }

  @Test func countsLinesInsideQuotes() throws {
    var reader = try CSVReader(Array("a\n\"1\n2\"\n3\n".utf8), source: "t.csv")
    var lines: [Int] = []
    while try reader.advance() { lines.append(reader.line) }
    #expect(lines == [2, 4])
  }

  @Test func errorsNameTheLine() {
    #expect(problem("") == "t.csv: is empty, expected a header")
    #expect(problem("a,b,a\n") == "t.csv:1: column 'a' occurs twice, as fields 1 and 3")
    #expect(problem("a,b\n1,2,3\n") == "t.csv:2: 3 fields, expected 2")
    #expect(
      problem("a,b\n1,2\n3,4\"5\n")
        == "t.csv:3: a quote inside field 2, which does not begin with one (quote the whole field, double the quotes "
        + "in it)")
    #expect(problem("a,b\n\"1\n\"x,2\n") == "t.csv:3: field 1 goes on after its closing quote")
    #expect(problem("a\n1\n\"2\n3\n") == "t.csv:3: a quote is opened in this record and never closed")
    #expect(
      problem("a\n\"\(String(repeating: "x", count: 300))\"\n") { $0.recordLimit = 100 }
        == "t.csv:2: a record of more than 100 bytes (is a quote never closed?)")
  }

  @Test func errorsNameTheColumn() throws {
    var reader = try CSVReader(Array("load,disk\n1,2\n1,fast\n".utf8), source: "t.csv")
    let isRecord = try reader.advance() && reader.advance()
    #expect(isRecord)
    do throws(TelemetryFileError) {
      Issue.record("'fast' was read as \(try reader.number(1))")
    } catch { #expect("\(error)" == "t.csv:3: 'fast' in column 'disk' is not a number") }
    do throws(TelemetryFileError) {
      Issue.record("'lord' was found at \(try reader.column("lord"))")
    } catch { #expect("\(error)" == "t.csv:1: there is no column 'lord'; did you mean 'load'?") }
    do throws(TelemetryFileError) {
      Issue.record("'temperature' was found at \(try reader.column("temperature"))")
    } catch { #expect("\(error)" == "t.csv:1: there is no column 'temperature'; there are load, disk") }
  }

  @Test func otherEncodingsAreErrors() throws {
    func problem(_ bytes: [UInt8]) -> String {
      do {
        var reader = try CSVReader(bytes, source: "t.csv")
        while try reader.advance() { _ = try reader.text(0) }
        return "read"
      } catch { return "\(error)" }
    }
    #expect(problem([0xFF, 0xFE, 0x61, 0x00]) == "t.csv: is UTF-16 text, expected UTF-8")
    #expect(problem([0x61, 0xE4, 0x0A]) == "t.csv:1: field 1 of the header is not UTF-8 text")
    #expect(problem(Array("a\n".utf8) + [0xE4]) == "t.csv:2: column 'a' is not UTF-8 text")
  }

  @Test func missingFileIsAnError() {
    do throws(TelemetryFileError) {
      _ = try CSVReader(contentsOf: "/no/such.csv")
      Issue.record("a file that does not exist was opened")
    } catch { #expect("\(error)" == "/no/such.csv: cannot be opened: No such file or directory") }
  }

  @Test func wrongFieldStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var reader = try CSVReader(Array("a\n1\n".utf8), source: "t.csv")
      _ = try reader.advance()
      _ = try reader.number(1)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("field 1 of a record with 1"))
  }
}
