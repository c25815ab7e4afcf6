/// The range-aware curves of one series, for window lengths that are asked for in increasing order.
///
/// A sample is known by its *bin*: the index of the highest threshold that it reaches. Counting samples, or weights, by
/// bin and summing over the bins gives every point of a curve in one pass.
struct RangeCurves {
  private let bins: [Int]
  private let events: [Range<Int>]
  private let isEvent: [Bool]
  private let positives: Double
  private let thresholds: Int
  /// Samples, and labelled samples, that reach each threshold.
  private let predicted: [Double]
  private let predictedInEvents: [Double]
  /// The lowest bin in each event and its buffers, which grow with the window.
  private var lowestBin: [Int]
  private var reach = 0
  /// Weights of the buffers of one window; zero between calls.
  private var extensions: [Double]

  init(_ series: ScoredSeries, thresholds count: Int) {
    let descending = series.scores.sorted(by: >)
    let levels = linearlySpaced(from: 0, to: Double(descending.count - 1), count: count).map { descending[Int($0)] }
    let bins = series.scores.map { score in
      var (low, high) = (0, count - 1)
      while low < high {
        let middle = (low + high) / 2
        if score >= levels[middle] { high = middle } else { low = middle + 1 }
      }
      return low
    }
    var (all, labelled) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    for (bin, label) in zip(bins, series.labels) {
      all[bin] += 1
      if label { labelled[bin] += 1 }
    }
    self.bins = bins
    thresholds = count
    events = series.events
    isEvent = series.labels
    positives = Double(series.positiveCount)
    predicted = runningSums(all)
    predictedInEvents = runningSums(labelled)
    lowestBin = events.map { event in event.reduce(count) { min($0, bins[$1]) } }
    extensions = [Double](repeating: 0, count: bins.count)
  }

  /// The areas under both curves.
  /// - Precondition: `window` is not smaller than in any earlier call.
  mutating func areas(window: Int) -> (roc: Double, precisionRecall: Double) {
    extendReach(to: window / 2)
    let buffered = bufferWeights(window: window)
    let zones = zonesReached()
    let count = Double(bins.count)
    var (roc, precisionRecall, lastRecall, lastFallOut) = (0.0, 0.0, 0.0, 0.0)
    for level in 0..<thresholds {
      let hit = predictedInEvents[level] + buffered[level]
      let extendedPositives = positives + buffered[level] / 2
      let recall = min(hit / extendedPositives, 1) * zones[level]
      let fallOut = (predicted[level] - hit) / (count - extendedPositives)
      precisionRecall += (recall - lastRecall) * (hit / predicted[level])
      roc += (fallOut - lastFallOut) * (recall + lastRecall) / 2
      (lastRecall, lastFallOut) = (recall, fallOut)
    }
    roc += (1 - lastFallOut) * (1 + lastRecall) / 2
    return (roc, precisionRecall)
  }

  private mutating func extendReach(to half: Int) {
    while reach < half {
      reach += 1
      for (index, event) in events.enumerated() {
        let (before, after) = (event.lowerBound - reach, event.upperBound - 1 + reach)
        if before >= 0 { lowestBin[index] = min(lowestBin[index], bins[before]) }
        if after < bins.count { lowestBin[index] = min(lowestBin[index], bins[after]) }
      }
    }
  }

  /// The summed weight of the buffer samples that reach each threshold; overlapping weights add up to at most one.
  private mutating func bufferWeights(window: Int) -> [Double] {
    let weights = (0...reach).map { window == 0 ? 0 : (1 - Double($0) / Double(window)).squareRoot() }
    var sums = [Double](repeating: 0, count: thresholds)
    var touched: [Int] = []
    func extend(_ index: Int, by weight: Double) {
      if isEvent[index] { return }
      if extensions[index] == 0 { touched.append(index) }
      extensions[index] += weight
    }
    for event in events where reach > 0 {
      for distance in 1...reach {
        let (before, after) = (event.lowerBound - distance, event.upperBound - 1 + distance)
        if before >= 0 { extend(before, by: weights[distance]) }
        if after < bins.count { extend(after, by: weights[distance]) }
      }
    }
    for index in touched {
      sums[bins[index]] += min(extensions[index], 1)
      extensions[index] = 0
    }
    return runningSums(sums)
  }

  /// The share of zones, events merged where their buffers meet, with a sample that reaches each threshold.
  private func zonesReached() -> [Double] {
    var sums = [Double](repeating: 0, count: thresholds)
    var zones = 0.0
    var lowest = thresholds
    for (index, event) in events.enumerated() {
      lowest = min(lowest, lowestBin[index])
      let isLast = index + 1 == events.count
      if isLast || event.upperBound - 1 + reach < events[index + 1].lowerBound - reach {
        sums[lowest] += 1
        zones += 1
        lowest = thresholds
      }
    }
    return runningSums(sums).map { $0 / zones }
  }
}

/// Returns the sums of all values up to and including each.
private func runningSums(_ values: [Double]) -> [Double] {
  var sum = 0.0
  return values.map {
    sum += $0
    return sum
  }
}
