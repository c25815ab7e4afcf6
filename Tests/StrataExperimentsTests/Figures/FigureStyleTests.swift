import Foundation
import StrataExperiments
import Testing

/// The colours of figures can be read, in light and in dark.
@Suite struct FigureStyleTests {
  /// The custom properties of the light and of the dark set.
  private func colours() throws -> [[String: String]] {
    let parts = FigureStyle.styleSheet.components(separatedBy: "@media (prefers-color-scheme: dark)")
    try #require(parts.count == 2)
    return parts.map { part in
      var colours: [String: String] = [:]
      for declaration in part.split(separator: ";") {
        let pair = declaration.split(separator: ":").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        guard pair.count >= 2,
          let name = pair.dropLast().last.map({ $0.split(separator: " ").last.map(String.init) ?? "" }),
          name.hasPrefix("--"), pair.last!.hasPrefix("#")
        else { continue }
        colours[name] = pair.last
      }
      return colours
    }
  }

  /// The relative luminance of `#rrggbb`, as WCAG 2.1 defines it.
  private func luminance(_ colour: String) throws -> Double {
    let number = try #require(UInt32(colour.dropFirst(), radix: 16))
    func channel(_ shift: UInt32) -> Double {
      let value = Double(number >> shift & 0xFF) / 255
      return value <= 0.03928 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
  }

  private func contrast(_ a: String, _ b: String) throws -> Double {
    let (x, y) = (try luminance(a), try luminance(b))
    return (max(x, y) + 0.05) / (min(x, y) + 0.05)
  }

  @Test func textAndLinesStandOutFromTheirBackground() throws {
    for colours in try colours() {
      let panel = try #require(colours["--panel"])
      for name in ["--ink", "--muted", "--good", "--bad"] {
        #expect(try contrast(colours[name]!, panel) >= 4.5, "\(name)")
      }
      for index in 0..<FigureStyle.seriesCount {
        #expect(try contrast(colours["--series-\(index)"]!, panel) >= 3, "series \(index)")
      }
    }
  }

  @Test func bothSetsDefineTheSameColours() throws {
    let sets = try colours()
    #expect(Set(sets[0].keys) == Set(sets[1].keys) && sets[0].count >= 16)
  }
}
