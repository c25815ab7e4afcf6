import StrataTelemetry
import StrataTensor

extension RoleBaseline {
  /// - Complexity: O(samples · channels) on average.
  init?(fittedTo cleanTime: RoleCleanTime) {
    let (runs, candidates, options) = (cleanTime.runs, cleanTime.channels, cleanTime.options)
    let members = cleanTime.members
    let series = runs.map {
      (run: $0.run, layout: RoleLayout($0.members, channels: candidates, in: $0.run.metadata.layers))
    }
    let places = Dictionary(uniqueKeysWithValues: members.enumerated().map { ($1, $0) })
    let positions = runs.map { $0.members.map { places[$0]! } }
    let intervals = runs.map(\.run.interval)
    let fits = parallelMap(count: candidates.count, threads: cleanTime.threads) { channel in
      ChannelFit(
        channel, of: candidates[channel].channel, in: series, positions: positions, memberCount: members.count,
        interval: intervals[0], options: options)
    }
    let present = candidates.indices.filter { fits[$0].observedShare > options.leastObservedShare }
    guard !present.isEmpty else { return nil }
    let kept = present.map { fits[$0] }
    self.init(
      channels: present.map { candidates[$0] }, units: kept.map(\.unit), isUsual: kept.map(\.isUsual),
      longestGap: kept.filter(\.isUsual).map(\.longestGap).max() ?? 0, peerScales: kept.map(\.peerScale),
      withinSpread: kept.map(\.withinSpread), betweenSpread: kept.map(\.betweenSpread),
      commonCentres: kept.map(\.commonCentre), commonSpreads: kept.map(\.commonSpread),
      commonScales: kept.map(\.commonScale), members: members,
      centres: members.indices.flatMap { member in kept.map { $0.centres[member] } },
      spreads: members.indices.flatMap { member in kept.map { $0.spreads[member] } })
  }
}

/// The statistics of one channel of a role.
private struct ChannelFit: Sendable {
  /// A channel that misses more of its samples than this is not usual: its absence says nothing.
  static let usualShare: Float = 0.95
  /// What a unit is at least, relative to the median.
  static let relativeUnit: Float = 1e-3
  /// Of a count, half an event.
  static let countUnit: Float = 0.5

  var observedShare: Float = 0
  var unit: Float = 1
  var isUsual = false
  var longestGap = 0
  var peerScale = SurpriseScale(body: 1, tail: 1)
  var withinSpread: Float = 0
  var betweenSpread: Float = 0
  var commonCentre: Float = 0
  var commonSpread: Float = 1
  var commonScale = SurpriseScale(body: 1, tail: 1)
  var centres: [Float]
  var spreads: [Float]

  init(
    _ channel: Int, of description: Channel, in runs: [(run: Run, layout: RoleLayout)], positions: [[Int]],
    memberCount: Int,
    interval: Double, options: SurpriseOptions
  ) {
    centres = [Float](repeating: 0, count: memberCount)
    spreads = [Float](repeating: 1, count: memberCount)
    var samples = runs.map { run, layout in
      [Float](unsafeUninitializedCapacity: run.sampleCount * layout.members.count) { buffer, count in
        count = run.sampleCount * layout.members.count
        if count > 0 { layout.copy(channel: channel, of: run, into: buffer.baseAddress!) }
      }
    }
    let total = samples.reduce(0) { $0 + $1.count }
    var observed = samples.flatMap { $0.filter(\.isFinite) }
    guard total > 0, !observed.isEmpty else { return }
    observedShare = Float(observed.count) / Float(total)
    isUsual = observedShare > Self.usualShare
    longestGap = zip(runs, samples).map { Self.longestGap(in: $1, members: $0.layout.members.count) }.max() ?? 0
    unit = Self.unit(of: &observed, description, interval: interval, options: options)

    for (index, run) in runs.enumerated() {
      Self.average(&samples[index], members: run.layout.members.count, unit: unit, window: options.window)
    }
    let medians = zip(runs, samples).map { Self.medians(of: $1, members: $0.layout.members.count) }
    fitCommonView(medians, options: options)
    fitPeerView(samples, medians, positions: positions, options: options)
  }

  private static func unit(
    of observed: inout [Float], _ channel: Channel, interval: Double, options: SurpriseOptions
  ) -> Float {
    let (median, spread) = centreAndSpread(of: &observed, options: options)
    let unit = max(spread, relativeUnit * abs(median))
    let isCountRate = channel.kind == .rate && channel.unit == "/s"
    let least: Float = channel.kind == .event ? countUnit : isCountRate ? countUnit / Float(interval) : 0
    return max(unit > 0 ? unit : channel.kind == .event || isCountRate ? 2 * least : 1, least)
  }

  /// Replaces samples by the mean logarithm of the last `window` of each member; NaN where none was observed.
  private static func average(_ samples: inout [Float], members: Int, unit: Float, window: Int) {
    guard members > 0 else { return }
    let times = samples.count / members
    let scaled = samples.map { asinhOf($0 / unit) }
    for time in 0..<times {
      for member in 0..<members {
        samples[time * members + member] = trailingMean(window) { age in
          age > time ? .nan : scaled[(time - age) * members + member]
        }
      }
    }
  }

  private static func longestGap(in samples: [Float], members: Int) -> Int {
    var longest = 0
    for member in 0..<members {
      var gap = 0
      for place in stride(from: member, to: samples.count, by: members) {
        gap = samples[place].isNaN ? gap + 1 : 0
        longest = max(longest, gap)
      }
    }
    return longest
  }

  private static func medians(of samples: [Float], members: Int) -> [Float] {
    var buffer = [Float](repeating: 0, count: members)
    return stride(from: 0, to: samples.count, by: max(members, 1)).map { start in
      buffer.withUnsafeMutableBufferPointer { medianOfObserved(samples[start..<start + members], using: $0).median }
    }
  }

  private mutating func fitCommonView(_ medians: [[Float]], options: SurpriseOptions) {
    var all = medians.flatMap { $0.filter(\.isFinite) }
    guard !all.isEmpty else { return }
    let (centre, spread) = Self.centreAndSpread(of: &all, options: options)
    (commonCentre, commonSpread) = (centre, max(spread, options.leastSpread))
    var sizes: [Float] = []
    for run in medians {
      var recent = RecentLevel(memory: options.memory)
      for median in run where median.isFinite {
        sizes.append(commonDeviation(of: median, recent: recent.level(adding: median)))
      }
    }
    commonScale = SurpriseScale(fittedTo: &sizes, leastTailScale: options.leastTailScale)
  }

  private func commonDeviation(of median: Float, recent: Float) -> Float {
    min(abs(median - commonCentre), abs(median - recent)) / commonSpread
  }

  private mutating func fitPeerView(
    _ samples: [[Float]], _ medians: [[Float]], positions: [[Int]], options: SurpriseOptions
  ) {
    var deviations = centres.map { _ in [Float]() }
    for (run, own) in samples.enumerated() where positions[run].count >= RoleBaseline.smallestGroup {
      let count = positions[run].count
      for (place, sample) in own.enumerated() {
        let median = medians[run][place / count]
        if sample.isFinite, median.isFinite { deviations[positions[run][place % count]].append(sample - median) }
      }
    }
    var own: [(centre: Float, spread: Float)?] = []
    for member in deviations.indices {
      own.append(
        deviations[member].isEmpty ? nil : Self.centreAndSpread(of: &deviations[member], options: options))
    }
    var known = own.compactMap { $0?.spread }
    guard !known.isEmpty else { return }
    withinSpread = max(
      known.withUnsafeMutableBufferPointer { OrderStatistics.median($0) }, options.leastSpread)
    var middles = own.compactMap { $0?.centre }
    betweenSpread = Self.centreAndSpread(of: &middles, options: options).spread
    var sizes: [Float] = []
    for member in deviations.indices {
      let least = max(options.pooledShare * withinSpread, options.leastSpread)
      centres[member] = own[member]?.centre ?? 0
      spreads[member] = own[member].map { max($0.spread, least) } ?? withinSpread
      for deviation in deviations[member] { sizes.append(abs(deviation - centres[member]) / spreads[member]) }
    }
    peerScale = SurpriseScale(fittedTo: &sizes, leastTailScale: options.leastTailScale)
  }

  /// The median, and the larger of the robust standard deviation and a share of the ordinary one. Reorders `values`.
  private static func centreAndSpread(
    of values: inout [Float], options: SurpriseOptions
  ) -> (centre: Float, spread: Float) {
    let deviation = values.withUnsafeBufferPointer { Float(Moments($0).deviation) }
    return values.withUnsafeMutableBufferPointer { buffer in
      let centre = OrderStatistics.median(buffer)
      let copy = UnsafeMutableBufferPointer<Float>.allocate(capacity: buffer.count)
      defer { copy.deallocate() }
      _ = copy.initialize(from: buffer)
      let robust =
        OrderStatistics.medianDeviation(copy, around: centre)
        * Float(OrderStatistics.normalDeviationPerMedianDeviation)
      return (centre, max(robust, options.deviationShare * deviation))
    }
  }
}
