import Foundation
import StrataExperiments
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct ScatterFigureTests {
  @Test func everyClassHasAShapeOfItsOwn() {
    let point = [LinePanel.Point(1, 2), LinePanel.Point(-1, 0)]
    let figure = ScatterFigure(
      title: "map", horizontalLabel: "a & b", verticalLabel: "c",
      groups: [ScatterFigure.Group("normal", style: nil, points: point)]
        + (0..<6).map { (cluster: Int) in ScatterFigure.Group("class \(cluster)", style: cluster, points: point) })
    let svg = figure.svg(width: 400, height: 300).rendered
    #expect(XMLParser(data: Data(svg.utf8)).parse())
    let shapes = svg.components(separatedBy: "<g class=\"mark").dropFirst().map { group in
      // A point's outline without its coordinates: letters only.
      group.components(separatedBy: "<")[1].filter { $0.isLetter }
    }
    #expect(shapes.count == 7)
    #expect(Set(shapes.dropFirst()).count >= 4)
  }
}
