import Foundation
import StrataTensor
import Testing

@Suite struct TextTests {
  @Test func decimalsAreRoundedAndPadded() {
    #expect(fixedPoint(1.005, decimals: 1) == "1.0")
    #expect(fixedPoint(-0.0451, decimals: 3) == "-0.045")
    #expect(fixedPoint(-0.0451, decimals: 3, minus: "−") == "−0.045")
    #expect(fixedPoint(9.996, decimals: 2) == "10.00")
    #expect(fixedPoint(2.5, decimals: 0) == "3")
    #expect(fixedPoint(123_456_789.25, decimals: 8) == "123456789.25000000")
  }

  @Test func nothingIsLessThanZeroOnceRounded() {
    #expect(fixedPoint(-0.0004, decimals: 3) == "0.000")
    #expect(fixedPoint(-0.0, decimals: 1) == "0.0")
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300, 1e12])
  func numbersWithoutThatManyDigitsHaveNoText(value: Double) {
    #expect(fixedPoint(value, decimals: 8) == nil)
  }

  @Test func digitsFillTheirWidth() {
    #expect(padded(7, to: 2) == "07" && padded(123, to: 2) == "123" && padded(0, to: 9) == "000000000")
    #expect(
      UInt32(0xBEEF).hexadecimal == "0000beef" && UInt8.max.hexadecimal == "ff" && UInt16.zero.hexadecimal == "0000")
  }

  @Test(arguments: ["", "plain é😀", "quo\"te \\ / ", "line\nfeed\r\ttab", "\u{0}\u{1}\u{1F}\u{7F}"])
  func quotedTextsAreJSON(text: String) throws {
    #expect(try JSONDecoder().decode(String.self, from: Data(quotedAsJSON(text).utf8)) == text)
  }

  @Test func namesAreShownOnOneShortLine() {
    #expect(shown("it's\n\u{1B}[31m") == "'it\\'s\\n\\u{1B}[31m'")
    #expect(shown(String(repeating: "x", count: 80)) == "'\(String(repeating: "x", count: 80))'")
    #expect(shown(String(repeating: "x", count: 81)) == "'\(String(repeating: "x", count: 80))…'")
  }
}
