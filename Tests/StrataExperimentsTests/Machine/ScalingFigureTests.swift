import Foundation
import StrataExperiments
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct ScalingFigureTests {
  @Test func aPowerLawIsFound() {
    let law = PowerLaw(fitting: [1, 2, 4, 8].map { LinePanel.Point($0, 3 * pow($0, 1.5)) })
    #expect(abs(law.exponent - 1.5) < 1e-12 && abs(law.factor - 3) < 1e-12 && abs(law.worstRatio - 1) < 1e-12)
    #expect(abs(law(16) - 192) < 1e-9)
  }

  /// Of four points whose logarithms form a zigzag: the slope and the distances by hand.
  @Test func theFitIsThatOfLeastSquares() {
    let e = exp(1.0)
    let law = PowerLaw(fitting: [(0, 0), (1, 1), (2, 0), (3, 1)].map { LinePanel.Point(pow(e, $0.0), pow(e, $0.1)) })
    #expect(abs(law.exponent - 0.2) < 1e-12 && abs(log(law.factor) - 0.2) < 1e-12)
    #expect(abs(log(law.worstRatio) - 0.6) < 1e-12)
  }

  @Test func equalRatiosAreEqualDistances() throws {
    let points = [(1.0, 2.0), (10, 20), (100, 200)].map { LinePanel.Point($0.0, $0.1) }
    let figure = ScalingFigure(
      title: "Cost", subtitle: "of something", unit: "ms", series: [ScalingFigure.Series("a & b", points: points)])
    #expect(XMLParser(data: Data(figure.svg.utf8)).parse())
    #expect(figure.svg.contains("a &amp; b: exponent 1.00"))
    // The first circles are the points, the last is that of the legend.
    let circles = figure.svg.components(separatedBy: "<circle cx=\"").dropFirst().map { text in
      text.split(separator: "\"").prefix(3).compactMap { Double($0) }
    }
    try #require(circles.count == 4 && circles.allSatisfy { $0.count == 2 })
    #expect(abs(circles[0][0] + circles[2][0] - 2 * circles[1][0]) <= 0.2)
    #expect(abs(circles[0][1] + circles[2][1] - 2 * circles[1][1]) <= 0.2)
    #expect(circles[0][0] < circles[1][0] && circles[0][1] > circles[1][1])
    for label in ["1", "10", "100"] { #expect(figure.svg.contains(">\(label)</text>")) }
  }

  /// Nothing but the size differs.
  @Test(arguments: [1e-6, 1, 1e6]) func ticksStandInsideTheAxes(scale: Double) {
    var panel = LinePanel(
      title: "x", lines: [LinePanel.Line(style: 0, points: [.init(3, 3 * scale), .init(5, 4 * scale)])])
    (panel.isTime, panel.isLogarithmic) = (false, true)
    let svg = panel.svg(width: 400, height: 200).rendered
    #expect(svg.components(separatedBy: "class=\"grid\"").count > 2 && !svg.contains("nan"))
  }
}
