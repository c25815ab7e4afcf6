/// Definitions written out, slow and without shared code, for the exhaustive tests.
enum Naive {
  static func areaUnderROC(_ scores: [Double], _ labels: [Bool]) -> Double {
    var (sum, pairs) = (0.0, 0.0)
    for i in scores.indices where labels[i] {
      for j in scores.indices where !labels[j] {
        sum += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0
        pairs += 1
      }
    }
    return sum / pairs
  }

  static func averagePrecision(_ scores: [Double], _ labels: [Bool]) -> Double {
    var (area, lastRecall) = (0.0, 0.0)
    for threshold in Set(scores).sorted(by: >) {
      let predicted = scores.indices.filter { scores[$0] >= threshold }
      let hits = Double(predicted.filter { labels[$0] }.count)
      let recall = hits / Double(labels.filter { $0 }.count)
      area += (recall - lastRecall) * hits / Double(predicted.count)
      lastRecall = recall
    }
    return area
  }

  /// Both areas of one window length, from soft labels that are written out for every threshold.
  static func rangeAreas(
    _ scores: [Double], _ labels: [Bool], window: Int, thresholds: Int
  ) -> (roc: Double, precisionRecall: Double) {
    let (n, half) = (scores.count, window / 2)
    let ones = labels.indices.filter { labels[$0] }
    let starts = ones.filter { $0 == 0 || !labels[$0 - 1] }
    let ends = ones.filter { $0 == n - 1 || !labels[$0 + 1] }
    var soft = [Double](repeating: 0, count: n)
    for (start, end) in zip(starts, ends) {
      for t in 0..<n where t > end && t <= end + half { soft[t] += (1 - Double(t - end) / Double(window)).squareRoot() }
      for t in 0..<n where t < start && t >= start - half {
        soft[t] += (1 - Double(start - t) / Double(window)).squareRoot()
      }
    }
    for t in 0..<n { soft[t] = labels[t] ? 1 : min(soft[t], 1) }
    var zones: [ClosedRange<Int>] = []
    for (start, end) in zip(starts, ends) {
      if let last = zones.last, last.upperBound >= start - half {
        zones[zones.count - 1] = last.lowerBound...end + half
      } else {
        zones.append(start - half...end + half)
      }
    }
    let sorted = scores.sorted(by: >)
    var points = [(recall: 0.0, fallOut: 0.0, precision: 1.0)]
    for level in 0..<thresholds {
      let place = Double(level) * (Double(n - 1) / Double(thresholds - 1))
      let threshold = sorted[level == thresholds - 1 ? n - 1 : Int(place)]
      let predicted = scores.indices.filter { scores[$0] >= threshold }
      let hit = predicted.reduce(0) { $0 + soft[$1] }
      let softPositives = Double(ones.count) + predicted.filter { !labels[$0] }.reduce(0) { $0 + soft[$1] }
      let total = (Double(ones.count) + softPositives) / 2
      let touched = zones.filter { zone in predicted.contains { zone.contains($0) } }.count
      points.append(
        (
          min(hit / total, 1) * Double(touched) / Double(zones.count),
          (Double(predicted.count) - hit) / (Double(n) - total), hit / Double(predicted.count)
        ))
    }
    var areas = (roc: 0.0, precisionRecall: 0.0)
    for i in 1..<points.count {
      areas.precisionRecall += (points[i].recall - points[i - 1].recall) * points[i].precision
    }
    points.append((1, 1, 0))
    for i in 1..<points.count {
      areas.roc += (points[i].fallOut - points[i - 1].fallOut) * (points[i].recall + points[i - 1].recall) / 2
    }
    return areas
  }

  /// Affiliation precision and recall of one event by counting points of a fine grid.
  static func affiliation(
    _ predictions: [Bool], event: Range<Int>, zone: ClosedRange<Double>, steps: Int
  ) -> (precision: Double?, recall: Double) {
    let grid = (0..<predictions.count * steps).map { (Double($0) + 0.5) / Double(steps) }.filter(zone.contains)
    func isInEvent(_ x: Double) -> Bool { event.contains(Int(x)) }
    let truth = grid.filter(isInEvent)
    let predicted = grid.filter { predictions[Int($0)] }
    if predicted.isEmpty { return (nil, 0) }
    func distance(_ x: Double, to points: [Double]) -> Double { points.map { abs($0 - x) }.min()! }
    /// The share of grid points that are farther, ties counting one half.
    func share(_ distances: [Double], fartherThan distance: Double) -> Double {
      distances.reduce(0) { $0 + (abs($1 - distance) < 1e-9 ? 0.5 : $1 > distance ? 1 : 0) } / Double(distances.count)
    }
    let precisions = predicted.map { x in
      isInEvent(x) ? 1 : share(grid.map { distance($0, to: truth) }, fartherThan: distance(x, to: truth))
    }
    let recalls = truth.map { y in
      predictions[Int(y)] ? 1 : share(grid.map { abs($0 - y) }, fartherThan: distance(y, to: predicted))
    }
    return (
      precisions.reduce(0, +) / Double(precisions.count), recalls.reduce(0, +) / Double(recalls.count)
    )
  }
}

/// Every list of `count` digits below `base`.
func everyList(of count: Int, below base: Int) -> [[Int]] {
  (0..<count).reduce([[]]) { lists, _ in lists.flatMap { list in (0..<base).map { list + [$0] } } }
}

/// Every labelling of `count` samples.
func everyLabelling(of count: Int) -> [[Bool]] { everyList(of: count, below: 2).map { $0.map { $0 == 1 } } }
