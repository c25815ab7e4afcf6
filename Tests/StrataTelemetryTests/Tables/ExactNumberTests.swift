import Foundation
import StrataTelemetry
import StrataTensor
import Testing

/// Numbers are compared with the C library, which rounds correctly.
@Suite struct ExactNumberTests {
  /// Reads each text as a field of its own and compares the bits with `strtod` and `strtof`.
  private func expectExact(_ texts: [String], sourceLocation: SourceLocation = #_sourceLocation) throws {
    var options = CSVReader.Options()
    options.columns = ["x"]
    var reader = try CSVReader(Array(texts.joined(separator: "\n").utf8), source: "numbers", options: options)
    for text in texts {
      let isRecord = try reader.advance()
      try #require(isRecord, sourceLocation: sourceLocation)
      let (double, float) = (try reader.number(0), try reader.float(0))
      let (exact, exactFloat) = (strtod(text, nil), strtof(text, nil))
      if double.bitPattern == exact.bitPattern, float.bitPattern == exactFloat.bitPattern { continue }
      Issue.record(
        "\(text.prefix(60)): \(double) and \(float), expected \(exact) and \(exactFloat)",
        sourceLocation: sourceLocation)
    }
  }

  private func digits(_ count: Int, _ generator: inout Generator) -> String {
    String(decoding: (0..<count).map { _ in UInt8(48 + generator.index(below: 10)) }, as: UTF8.self)
  }

  @Test func randomDecimals() throws {
    var generator = Generator(seed: 1)
    try expectExact(
      (0..<20_000).map { _ in
        let whole = digits(generator.index(below: 12), &generator)
        let fraction = digits(1 + generator.index(below: 12), &generator)
        return (generator.bernoulli(0.3) ? "-" : "") + whole + "." + fraction
      })
  }

  @Test func randomNumbersWithExponents() throws {
    var generator = Generator(seed: 2)
    try expectExact(
      (0..<20_000).map { _ in
        let text = digits(1, &generator) + "." + digits(generator.index(below: 22), &generator)
        return text + (generator.bernoulli(0.5) ? "e" : "E") + "\(generator.index(below: 680) - 350)"
      })
  }

  @Test func shortestFormsOfRandomBits() throws {
    var generator = Generator(seed: 3)
    var texts: [String] = []
    while texts.count < 20_000 {
      let number = Double(bitPattern: generator.next())
      if number.isFinite { texts.append("\(number)") }
      let single = Double(Float(bitPattern: UInt32(truncatingIfNeeded: generator.next())))
      if single.isFinite { texts.append("\(single)") }
    }
    try expectExact(texts)
  }

  @Test func halfwayBetweenNumbers() throws {
    var generator = Generator(seed: 4)
    var texts: [String] = []
    for _ in 0..<5000 {
      // 54 bits, the last one set: halfway between two doubles; and its nearest neighbours.
      let middle = generator.next() >> 10 | 1 << 53 | 1
      texts += ["\(middle)", "\(middle)0", "\(middle).0000000000000000000000001", "\(middle - 1).99999999999999999999"]
      // 25 bits, the last one set: halfway between two floats.
      let short = generator.next() >> 39 | 1 << 24 | 1
      texts += ["\(short)", "\(short).0", "\(short).000000000000000000000001", "\(short - 1).9999999999999999999999"]
      texts.append("\(Double(short) / 1024)")
    }
    try expectExact(texts)
  }

  @Test func hardCases() throws {
    try expectExact([
      "0", "-0", "0.0", "-0.0e10", "1", "0001", "00000000000000000000000000000001", "1.", ".5", "-.5", "+7", "1e0",
      "9007199254740993", "9007199254740992.5", "9007199254740993.0000000000000000001", "1e23", "8.5e22", "1e-23",
      "2.2250738585072011e-308", "2.2250738585072014e-308", "4.9e-324", "2.4703282292062327e-324",
      "2.4703282292062328e-324", "1e-400", "1.7976931348623157e308", "1.7976931348623159e308", "1e309", "-1e400",
      "3.4028235677973366e38", "3.4028235677973367e38", "3.4028234663852886e38", "1.1754943508222875e-38",
      "1.4012984643248171e-45", "7.0064923216240854e-46", "7.0064923216240853e-46", "1.00000005960464477539062500",
      "1.00000005960464477539062501", "1.00000005960464477539062499", "16777217", "16777219", "33554435",
      "9223372036854775807", "9223372036854775794", "18446744073709551615", "18446744073709551616",
      "99999999999999999999", "0.000000000000000000000000000000000000000000000000000000000000000000000000000123456789",
      "123456789012345678901234567890e-20", "0." + String(repeating: "0", count: 400) + "1e401",
      "1" + String(repeating: "0", count: 400) + "e-400", "1e99999999999999999999", "1e-99999999999999999999",
      "6.8228e29", "7.3177701707893310e15", "9.5e-64", "9.5e64", "9.5e65", "9.5e-65", "179769313486231580793e289",
      "5e-20", "30078505129381147446200", "1777820000000000000001", "1090544144181609348671888949248",
      "1090544144181609348835077142190", "2.98023223876953125E-8", "-21.0", "inf", "-Infinity", "+inf",
    ])
  }

  @Test func longestDigitsAndExponents() throws {
    let zeros = String(repeating: "0", count: 1_500_000)
    try expectExact([
      "0.\(zeros)1e1500001", "1\(zeros)e-1500000", "0.\(zeros)1e3000000", String(repeating: "7", count: 5000),
    ])
  }

  @Test func emptyAndNaNAreMissing() throws {
    var reader = try CSVReader(Array("x,y\n,\n nan ,NaN\n\" 1 \",\t2\n".utf8), source: "t")
    var doubles: [Double] = []
    var floats: [Float] = []
    while try reader.advance() {
      doubles.append(try reader.number(0))
      floats.append(try reader.float(1))
    }
    #expect(doubles.count == 3 && doubles[0].isNaN && doubles[1].isNaN && doubles[2] == 1)
    #expect(floats.count == 3 && floats[0].isNaN && floats[1].isNaN && floats[2] == 2)
  }

  @Test func allColumnsAtOnceAreTheSame() throws {
    var reader = try CSVReader(Array("x,y,z\n1.5,,-3e2\n".utf8), source: "t")
    let isRecord = try reader.advance()
    #expect(isRecord)
    let row = UnsafeMutableBufferPointer<Double>.allocate(capacity: 3)
    defer { row.deallocate() }
    try reader.numbers(into: row)
    #expect(row[0] == 1.5 && row[1].isNaN && row[2] == -300)
  }

  @Test(arguments: [
    "x", "1x", "1,5", "0x10", "1_000", "1e", "1e+", "e5", ".", "-", "+", "--1", "1.2.3", "1 2", "infinit", "nanx",
    "1e5.5",
  ])
  func everythingElseIsNotANumber(_ text: String) throws {
    var reader = try CSVReader(Array("x\n\"\(text)\"\n".utf8), source: "t")
    let isRecord = try reader.advance()
    #expect(isRecord)
    do throws(TelemetryFileError) {
      Issue.record("'\(text)' was read as \(try reader.number(0))")
    } catch { #expect("\(error)" == "t:2: '\(text)' in column 'x' is not a number") }
  }
}
