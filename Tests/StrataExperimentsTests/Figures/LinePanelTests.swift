import Foundation
import StrataExperiments
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct LinePanelTests {
  private func points(_ values: [Double]) -> [LinePanel.Point] {
    values.enumerated().map { LinePanel.Point(Double($0), $1) }
  }

  /// The numbers in the path of the line with a style.
  private func coordinates(_ svg: String, style: Int) throws -> [[Double]] {
    let tail = try #require(svg.components(separatedBy: "class=\"line-\(style)\" d=\"").dropFirst().first)
    let path = tail.prefix { $0 != "\"" }
    return path.split { "ML".contains($0) }.map { $0.split(separator: " ").compactMap { Double($0) } }
  }

  @Test func linesStayInsideTheirPanel() throws {
    var panel = LinePanel(
      title: "physical", lines: [LinePanel.Line(style: 0, points: points((0..<500).map { sin(Double($0) / 9) * 1e7 }))])
    panel.subtitle = "a channel with a very long name indeed, longer than any panel is wide, and then some more of it"
    panel.unit = "By/s"
    panel.threshold = 2e7
    panel.bands = [.init(.fault, -50...60, mark: "1"), .init(.alarm, 480...900), .init(.benign, 1000...2000)]
    panel.envelope = .init(low: points([-1e7, -2e7]), high: points([1e7, 2e7]))
    let svg = panel.svg(width: 400, height: 170).rendered
    #expect(XMLParser(data: Data(svg.utf8)).parse())
    let line = try coordinates(svg, style: 0)
    #expect(line.count > 300)
    for point in line { #expect((40...382).contains(point[0]) && (40...148).contains(point[1])) }
    #expect(svg.contains("MB/s") && svg.contains("…"))
    // The band beyond the end is not drawn, the others are cut to the axis.
    #expect(svg.components(separatedBy: "<rect").count == 3)
  }

  @Test func missingSamplesBreakTheLine() throws {
    let panel = LinePanel(title: "x", lines: [LinePanel.Line(style: 2, points: points([1, 2, .nan, 3, 4]))])
    let svg = panel.svg(width: 400, height: 170).rendered
    let tail = try #require(svg.components(separatedBy: "class=\"line-2\" d=\"").last)
    #expect(tail.prefix { $0 != "\"" }.filter { $0 == "M" }.count == 2)
  }

  @Test func thinningKeepsEveryPeak() throws {
    var values = [Double](repeating: 0, count: 10_000)
    values[4321] = 50
    values[7001] = -30
    let panel = LinePanel(title: "x", lines: [LinePanel.Line(style: 0, points: points(values))])
    let line = try coordinates(panel.svg(width: 400, height: 170).rendered, style: 0)
    // The lowest and the highest of every point of the width.
    #expect(line.count <= 2 * 400)
    let heights = line.map { $0[1] }
    // The highest point of the data is at the top of the domain, eight per cent below the edge.
    #expect(abs(heights.min()! - 34.4) < 1.5 && abs(heights.max()! - 139.6) < 1.5)
  }

  @Test func aConstantOrEmptyLineIsDrawnToo() {
    for values in [[], [3.0], [2, 2, 2]] as [[Double]] {
      let svg = LinePanel(title: "x", lines: [LinePanel.Line(style: 0, points: points(values))]).svg(
        width: 400, height: 170)
      #expect(!svg.rendered.contains("nan") && XMLParser(data: Data(svg.rendered.utf8)).parse())
    }
  }

  @Test func ticksAreRoundAndDoNotTouch() throws {
    for width in [400.0, 1180] {
      let panel = LinePanel(title: "x", lines: [LinePanel.Line(style: 0, points: points((0..<3700).map(Double.init)))])
      let svg = panel.svg(width: width, height: 170).rendered
      let places = svg.components(separatedBy: "class=\"muted\" x=\"").dropFirst().filter { $0.contains("middle") }
        .compactMap { Double($0.prefix { $0 != "\"" }) }
      #expect(places.count >= 3)
      for (one, next) in zip(places, places.dropFirst()) { #expect(next - one > 40) }
    }
  }
}
