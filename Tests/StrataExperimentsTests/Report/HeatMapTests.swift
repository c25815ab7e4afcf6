import Foundation
import StrataExperiments
import Testing

@Suite struct HeatMapTests {
  private func svg(_ cells: [[Double]], rows: [String] = ["a", "b"]) -> String {
    HeatMap(title: "t", subtitle: "s", rows: rows, cells: cells, time: 0...40, thresholds: [1, 2, 3, 4, 5, 6])
      .svg(width: 400).rendered
  }

  @Test func cellsOfOneShadeAreDrawnTogether() {
    let text = svg([[0, 0, 7, 7], [3, 3, 3, 3]])
    #expect(
      text.contains("class=\"shade-0\"") && text.contains("class=\"shade-6\"") && text.contains("class=\"shade-3\""))
    #expect(!text.contains("shade-1"))
    // One rectangle per run of equal cells: one of shade 0, one of 6, and one of 3 over the whole row.
    for shade in [0, 3, 6] {
      let path = text.components(separatedBy: "class=\"shade-\(shade)\"")[1].prefix { $0 != ">" }
      #expect(path.count { $0 == "M" } == 1)
    }
  }

  @Test func missingCellsStayEmpty() {
    let text = svg([[.nan, .nan, .nan, .nan], [.nan, 2.5, .nan, 2.5]])
    let path = text.components(separatedBy: "class=\"shade-2\"")[1].prefix { $0 != ">" }
    #expect(path.count { $0 == "M" } == 2 && !text.contains("shade-0"))
  }

  @Test func manyRowsAreThinAndNotAllNamed() {
    let rows = (0..<200).map { "host\($0)" }
    let text = svg(rows.map { _ in [1.0, 2] }, rows: rows)
    #expect(text.contains("host0") && !text.contains(">host1<"))
  }
}
