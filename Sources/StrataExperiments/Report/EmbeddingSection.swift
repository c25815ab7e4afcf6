import StrataDiagnosis
import StrataPipeline
import StrataTelemetry
import StrataTensor

/// The joint embeddings of the test windows in the plane of their largest variance.
struct EmbeddingSection: Sendable {
  private let report: DetectionReport

  init(_ report: DetectionReport) { self.report = report }

  /// More points of one class than this are thinned evenly: they would only cover each other.
  private static let pointLimit = 400

  var markup: Markup {
    let length = NumberText.duration(seconds: Double(report.windowLength) * report.run.interval)
    let explanation =
      "Each point is one window of one device (\(length)), all layers in one vector, projected on the two directions in which "
      + "the windows differ most. A window belongs to a fault when it ended while the fault lasted."
    guard let projection = try? PlaneProjection(report.embeddings.vectors) else {
      return .section("Where the model puts it", "The windows do not differ: there is no map.", [])
    }
    let groups = groups(projection)
    let figure = ScatterFigure(
      title: "Joint embeddings of windows",
      horizontalLabel: "first component (\(Self.percent(projection.shares[0])) of the variance)",
      verticalLabel: "second component (\(Self.percent(projection.shares[1])))", groups: groups)
    return .section(
      "Where the model puts it", explanation,
      [
        Markup(
          "div", ["class": "map"],
          [.figure(wide: figure.svg(width: 720, height: 480), narrow: figure.svg(width: 400, height: 380))]),
        Legend(groups.map { (.mark(style: $0.style, isHollow: $0.isHollow), $0.label) }).html,
      ])
  }

  private static func percent(_ share: Double) -> String { NumberText.fixed(share * 100, decimals: 0) + " %" }

  private func groups(_ projection: PlaneProjection) -> [ScatterFigure.Group] {
    let faults = report.judgement.faults.map(\.fault)
    let kinds = Set(faults.map(\.kind)).sorted()
    var normal: [Int] = []
    var culprits: [String: [Int]] = [:]
    var others: [String: [Int]] = [:]
    for (window, origin) in report.embeddings.origins.enumerated() {
      let current = faults.filter { $0.interval.contains(origin.end - 1) }
      if let own = current.first(where: { $0.culprits.contains(origin.entity) }) {
        culprits[own.kind, default: []].append(window)
      } else if let fault = current.first {
        others[fault.kind, default: []].append(window)
      } else {
        normal.append(window)
      }
    }
    func group(_ label: String, _ style: Int?, isHollow: Bool = false, _ windows: [Int]) -> ScatterFigure.Group {
      let count = min(windows.count, Self.pointLimit)
      let kept = (0..<count).map { windows[$0 * windows.count / count] }
      return ScatterFigure.Group(label, style: style, isHollow: isHollow, points: kept.map { projection.points[$0] })
    }
    return [group("no fault", nil, normal)]
      + kinds.enumerated().map { style, kind in
        group("\(DetectionReport.words(kind)): other devices", style % 5, isHollow: true, others[kind] ?? [])
      }
      + kinds.enumerated().map { style, kind in
        group("\(DetectionReport.words(kind)): culprit", style % 5, culprits[kind] ?? [])
      }
  }
}

/// Vectors seen in the plane of their two largest principal components.
struct PlaneProjection: Sendable {
  let points: [LinePanel.Point]
  /// The shares of the variance that the two directions have.
  let shares: [Double]

  /// - Throws: `LinearAlgebraError` when a vector is not finite.
  /// - Precondition: `vectors` has shape `[n, width]` with at least two columns.
  init(_ vectors: NDArray) throws(LinearAlgebraError) {
    let (count, width) = (vectors.shape[0], vectors.shape[1])
    require(width >= 2, "PlaneProjection: vectors of shape \(vectors.shape)")
    var centred = Matrix(vectors)
    for column in 0..<width {
      let mean = (0..<count).reduce(0.0) { $0 + centred.elements[$1 * width + column] } / Double(max(count, 1))
      for row in 0..<count { centred.elements[row * width + column] -= mean }
    }
    var covariance = Matrix(rows: width, columns: width, repeating: 0)
    for i in 0..<width {
      for j in 0...i {
        let sum = (0..<count).reduce(0.0) { $0 + centred.elements[$1 * width + i] * centred.elements[$1 * width + j] }
        covariance[i, j] = sum / Double(max(count, 1))
        covariance[j, i] = covariance[i, j]
      }
    }
    let (values, directions) = try symmetricEigen(covariance)
    let total = max(values.reduce(0) { $0 + max($1, 0) }, .leastNormalMagnitude)
    shares = [values[width - 1] / total, values[width - 2] / total]
    points = (0..<count).map { row in
      func component(_ direction: Int) -> Double {
        (0..<width).reduce(0.0) { $0 + centred.elements[row * width + $1] * directions[$1, direction] }
      }
      return LinePanel.Point(component(width - 1), component(width - 2))
    }
  }
}
