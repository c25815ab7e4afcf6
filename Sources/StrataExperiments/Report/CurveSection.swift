import StrataTraining

/// How the loss fell while the model was trained.
struct CurveSection: Sendable {
  private let curve: LossCurve

  init(_ curve: LossCurve) { self.curve = curve }

  var markup: Markup {
    .section(
      "How it was learnt",
      "\(curve.parameterCount) parameters, \(curve.training.count) steps. The loss is that of reconstructing hidden "
        + "samples, plus a contrast that brings the layers of one window together; it may be negative.",
      [
        .figure(wide: panel.svg(width: 1180, height: 220), narrow: panel.svg(width: 400, height: 200)),
        Legend([(.line(style: 0), "training, mean of nearby steps"), (.line(style: 1), "validation")]).html,
      ])
  }

  private var panel: LinePanel {
    var panel = LinePanel(
      title: "Loss by step",
      lines: [
        LinePanel.Line(style: 0, points: Self.smoothed(curve.training)),
        LinePanel.Line(style: 1, points: curve.validation.map { LinePanel.Point(Double($0.step), $0.loss) }),
      ])
    panel.isTime = false
    return panel
  }

  /// Means over a hundredth of the training, so that the noise of batches does not hide the course.
  private static func smoothed(_ points: [LossCurve.Point]) -> [LinePanel.Point] {
    let width = max(points.count / 100, 1)
    return stride(from: 0, to: points.count, by: width).map { first in
      let members = points[first..<min(first + width, points.count)]
      let mean = members.reduce(0) { $0 + $1.loss } / Double(members.count)
      return LinePanel.Point(Double(members.first!.step + members.last!.step) / 2, mean)
    }
  }
}
