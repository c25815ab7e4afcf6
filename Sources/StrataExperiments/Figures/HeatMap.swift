/// Rows of cells over time, dark where there is much: hosts, experts.
public struct HeatMap: Sendable {
  public var title: String
  /// Stands under the title, less prominent.
  public var subtitle: String
  /// The names of the rows, from top to bottom.
  public var rows: [String]
  /// Values of `[row][column]`; a NaN leaves its cell empty.
  public var cells: [[Double]]
  /// Seconds from the start of the run to the beginning of the first column and to the end of the last.
  public var time: ClosedRange<Double>
  /// The least value of each shade, ascending; below the first a cell has the lightest.
  public var thresholds: [Double]
  /// Stretches of time that are marked above the cells.
  public var bands: [LinePanel.Band] = []

  /// - Precondition: There is one row of cells per name, all rows have equally many, and the thresholds are one fewer than
  ///   the shades.
  public init(
    title: String, subtitle: String, rows: [String], cells: [[Double]], time: ClosedRange<Double>, thresholds: [Double]
  ) {
    (self.title, self.subtitle, self.rows) = (title, subtitle, rows)
    (self.cells, self.time, self.thresholds) = (cells, time, thresholds)
  }

  /// Draws the map; its height follows from the number of rows.
  ///
  /// - Parameter width: In units of the text's size.
  public func svg(width: Double) -> Markup {
    let height = rows.count > 24 ? max(3, 336 / Double(rows.count)) : 14.0
    let (top, bottom, right) = (54.0, 22.0, 18.0)
    let step = max(1, Int((13 / height).rounded(.up)))
    let left = 14 + TextWidth.estimate(rows)
    let full = top + height * Double(rows.count) + bottom
    let x = Axis(time, from: left, to: width - right, kind: .time)
    var children: [Markup] = [Markup("title", text: "\(title): \(subtitle)")]
    children += zip([(title, "title", 16.0), (subtitle, "muted", 31)], 0...).map { line, _ in
      Markup("text", ["class": line.1, "x": "8", "y": NumberText.coordinate(line.2)], text: line.0)
    }
    children += marks(x, top: top, bottom: top + height * Double(rows.count))
    children += shades(x, top: top, height: height)
    for (row, name) in rows.enumerated() where row % step == 0 {
      children.append(
        Markup(
          "text",
          [
            "class": "muted", "x": NumberText.coordinate(left - 5), "text-anchor": "end",
            "y": NumberText.coordinate(top + (Double(row) + 0.5) * height + 4),
          ], text: name))
    }
    let ticks = x.ticks(max(2, Int((x.end - x.start) / 62)))
    for (tick, label) in zip(ticks, x.labels(ticks)) {
      children.append(
        Markup(
          "text",
          [
            "class": "muted", "x": NumberText.coordinate(x.coordinate(tick)), "y": NumberText.coordinate(full - 5),
            "text-anchor": "middle",
          ], text: label))
    }
    return Markup(
      "svg",
      [
        "viewBox": "0 0 \(NumberText.coordinate(width)) \(NumberText.coordinate(full))", "role": "img",
        "xmlns": "http://www.w3.org/2000/svg",
      ], children)
  }

  /// Faults above the cells, as strips with their marks.
  private func marks(_ x: Axis, top: Double, bottom: Double) -> [Markup] {
    bands.flatMap { band -> [Markup] in
      let range = band.range.clamped(to: x.domain)
      let (start, end) = (x.coordinate(range.lowerBound), x.coordinate(range.upperBound))
      return [
        Markup(
          "rect",
          [
            "class": "band-\(band.kind.rawValue)", "x": NumberText.coordinate(start),
            "y": NumberText.coordinate(top - 8),
            "width": NumberText.coordinate(max(end - start, 1)), "height": "6",
          ]),
        Markup(
          "text",
          [
            "class": "title", "x": NumberText.coordinate((start + end) / 2), "y": NumberText.coordinate(top - 11),
            "text-anchor": "middle",
          ], text: band.mark),
      ]
    }
  }

  /// One path per shade, so that a map of thousands of cells stays small.
  private func shades(_ x: Axis, top: Double, height: Double) -> [Markup] {
    var paths = [String](repeating: "", count: thresholds.count + 1)
    for (row, values) in cells.enumerated() {
      let size = (x.end - x.start) / Double(max(1, values.count))
      let y = NumberText.coordinate(top + Double(row) * height)
      var column = 0
      while column < values.count {
        let shade = shade(of: values[column])
        let first = column
        while column < values.count, self.shade(of: values[column]) == shade { column += 1 }
        guard let shade else { continue }
        let left = NumberText.coordinate(x.start + Double(first) * size)
        let right = NumberText.coordinate(x.start + Double(column) * size)
        paths[shade] += "M\(left) \(y)H\(right)v\(NumberText.coordinate(height * 0.94))H\(left)z"
      }
    }
    return paths.enumerated().filter { !$0.element.isEmpty }.map {
      Markup("path", ["class": "shade-\($0.offset)", "d": $0.element])
    }
  }

  private func shade(of value: Double) -> Int? {
    value.isNaN ? nil : thresholds.count { value >= $0 }
  }
}
