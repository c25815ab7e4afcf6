import StrataDiagnosis
import StrataEvaluation
import StrataTelemetry
import StrataTensor

/// Measures a representation of the windows of one run.
struct RepresentationJudge {
  private let run: Run
  private let clean: [WindowOrigin]
  private let test: [WindowOrigin]
  private let faults: [FaultCase]

  /// How many windows pairwise measures look at.
  private static let limits = (uniformity: 1024, retrieval: 256)
  /// How much a Gaussian is shrunk.
  private static let shrinkage = 0.01

  /// - Parameters:
  ///   - run: With its labels.
  ///   - clean: Where windows of training time were cut.
  ///   - test: Where windows of test time were cut.
  init(run: Run, clean: [WindowOrigin], test: [WindowOrigin]) {
    (self.run, self.clean, self.test) = (run, clean, test)
    faults = FaultCase.cases(in: run, during: (run.split?.trainingEnd ?? 0)..<run.sampleCount)
  }

  /// - Parameters:
  ///   - known: Rows of clean windows.
  ///   - rows: Rows of the windows in question.
  func values(_ known: NDArray, _ rows: NDArray) throws -> [(RepresentationRow.Quantity, Double)] {
    let nearest = try areas(of: (known, rows)) { clean, rows in NeighborMemory(clean).nearest(to: rows).distances }
    let distance = try areas(of: (known, rows)) { clean, rows in
      try ShrunkGaussian(fittedTo: clean, shrinkage: Self.shrinkage).distances(of: rows)
    }
    var values: [(RepresentationRow.Quantity, Double)] = [
      (.rankMe, try rankMe(Matrix(evenlySpaced(rows, atMost: Self.limits.uniformity)))),
      (.uniformity, try uniformity(Matrix(evenlySpaced(rows, atMost: Self.limits.uniformity)))),
      (.nearestPR, nearest.pr), (.nearestROC, nearest.roc), (.mahalanobisPR, distance.pr),
      (.mahalanobisROC, distance.roc),
    ]
    if let accuracy = try probe(rows) { values.append((.probe, accuracy)) }
    return values
  }

  /// How well the layers of a window agree, over all pairs of layers.
  func values(betweenLayers layers: [NDArray]) throws -> [(RepresentationRow.Quantity, Double)] {
    var (distances, ranks) = ([Double](), [Double]())
    for first in layers.indices {
      for second in layers.indices where second != first {
        let (a, b) = (
          Matrix(evenlySpaced(layers[first], atMost: Self.limits.retrieval)),
          Matrix(evenlySpaced(layers[second], atMost: Self.limits.retrieval))
        )
        distances.append(try alignment(a, b))
        ranks.append(try Retrieval(queries: a, candidates: b).meanReciprocalRank)
      }
    }
    guard !distances.isEmpty else { return [] }
    return [
      (.alignment, distances.reduce(0, +) / Double(distances.count)),
      (.retrieval, ranks.reduce(0, +) / Double(ranks.count)),
    ]
  }

  /// The areas of a score: per role, in units of the 99 % quantile over the windows of clean time's last fifth, which the score
  /// did not see; the highest of any entity at each time against the time of all faults.
  private func areas(
    of rows: (clean: NDArray, test: NDArray), _ score: (_ clean: NDArray, _ rows: NDArray) throws -> [Float]
  ) throws -> (pr: Double, roc: Double) {
    let roles = Set(test.map { run.role(of: $0.entity) }).sorted()
    let start = clean.map(\.end).sorted()[clean.count * 4 / 5]
    var highest: [Int: Float] = [:]
    for role in roles {
      func places(_ origins: [WindowOrigin], _ isWanted: (WindowOrigin) -> Bool = { _ in true }) -> [Int] {
        origins.indices.filter { run.role(of: origins[$0].entity) == role && isWanted(origins[$0]) }
      }
      let (fitted, held) = (places(clean) { $0.end < start }, places(clean) { $0.end >= start })
      let judged = places(test)
      guard !fitted.isEmpty, !held.isEmpty else { continue }
      let memory = gather(rows.clean, rows: fitted)
      let usual = try score(memory, gather(rows.clean, rows: held)).map(Double.init)
      let unit = Float(max(quantile(0.99, of: usual), 1e-6))
      for (place, value) in zip(judged, try score(memory, gather(rows.test, rows: judged))) {
        highest[test[place].end, default: 0] = max(highest[test[place].end, default: 0], value / unit)
      }
    }
    let ends = highest.keys.sorted()
    let labels = ends.map { end in faults.contains { $0.interval.contains(end - 1) } }
    let scores = ends.map { highest[$0]! }
    return (
      try averagePrecision(scores: scores, labels: labels), try areaUnderROC(scores: scores, labels: labels)
    )
  }

  /// The accuracy of telling a fault's kind by the nearest windows of *other* faults; `nil` with fewer than two kinds.
  private func probe(_ rows: NDArray) throws -> Double? {
    let kinds = faults.map(\.kind).unique
    guard kinds.count > 1 else { return nil }
    // The culprits' windows that end in a fault.
    let cases: [(place: Int, fault: Int)] = test.indices.compactMap { place in
      let origin = test[place]
      let fault = faults.firstIndex {
        $0.interval.contains(origin.end - 1) && $0.culprits.contains(origin.entity)
      }
      return fault.map { (place, $0) }
    }
    var (predicted, actual) = ([Int](), [Int]())
    for fault in faults.indices {
      let (own, others) = (cases.filter { $0.fault == fault }, cases.filter { $0.fault != fault })
      guard !own.isEmpty, !others.isEmpty else { continue }
      func classes(_ cases: [(place: Int, fault: Int)]) -> [Int] {
        cases.map { kinds.firstIndex(of: faults[$0.fault].kind)! }
      }
      predicted += try nearestNeighborProbe(
        labelled: Matrix(gather(rows, rows: others.map(\.place))), classes: classes(others),
        unlabelled: Matrix(gather(rows, rows: own.map(\.place))))
      actual += classes(own)
    }
    return actual.isEmpty ? nil : try accuracy(predictions: predicted, classes: actual)
  }
}
