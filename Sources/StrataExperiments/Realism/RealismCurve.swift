import StrataTensor

/// One line of a figure; rows of `curves.csv`.
struct RealismCurve: Sendable {
  enum Line: String, CaseIterable, Sendable {
    case published = "public"
    case simulated
  }

  /// The file of the figure without its ending.
  let figure: String
  let panel: String
  /// The unit of `y`.
  let unit: String
  let line: Line
  let points: [LinePanel.Point]
}

extension RealismCurve {
  private static let header = "figure;panel;unit;line;x;y"

  /// A header and a line per point, separated by semicolons because titles hold commas.
  ///
  /// - Precondition: No text holds a semicolon or a line end.
  static func text(of curves: [RealismCurve]) -> String {
    var lines = [header]
    for curve in curves {
      require(
        ![curve.figure, curve.panel, curve.unit].contains { $0.contains { $0 == ";" || $0.isNewline } },
        "RealismCurve: '\(curve.panel)' holds a semicolon or a line end")
      for point in curve.points {
        let y = point.y.isNaN ? "" : rounded(point.y)
        lines.append("\(curve.figure);\(curve.panel);\(curve.unit);\(curve.line.rawValue);\(rounded(point.x));\(y)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func rounded(_ value: Double) -> String { "\((value * 10_000).rounded() / 10_000)" }

  /// Reads the curves that `text` holds, as written by ``text(of:)``.
  ///
  /// - Throws: ``ExperimentError`` naming the line.
  static func parse(_ text: String, source: String) throws(ExperimentError) -> [RealismCurve] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
    guard let first = lines.first, first == header else {
      throw ExperimentError("\(source):1: the header is not '\(header)'; rerun the experiment")
    }
    var curves: [RealismCurve] = []
    for (offset, line) in lines.dropFirst().enumerated() {
      let fields = line.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 6, let kind = Line(rawValue: fields[3]), let x = Double(fields[4]),
        let y = fields[5].isEmpty ? .nan : Double(fields[5])
      else {
        throw ExperimentError("\(source):\(offset + 2): expected 6 fields, the last two numbers")
      }
      let point = LinePanel.Point(x, y)
      if let last = curves.last, last.figure == fields[0], last.panel == fields[1], last.line == kind {
        curves[curves.count - 1] = RealismCurve(
          figure: last.figure, panel: last.panel, unit: last.unit, line: kind, points: last.points + [point])
      } else {
        curves.append(
          RealismCurve(figure: fields[0], panel: fields[1], unit: fields[2], line: kind, points: [point]))
      }
    }
    return curves
  }
}
