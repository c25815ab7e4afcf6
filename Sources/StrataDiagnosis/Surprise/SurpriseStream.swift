import StrataTelemetry
import StrataTensor

/// The surprises of all entities of one role in one cluster, sample by sample.
///
/// A new sample costs O(channels) per entity and O(memory) per channel of the role, whatever came before.
struct SurpriseStream: RoleStream {
  let baseline: RoleBaseline
  let options: SurpriseOptions
  /// Who is followed, in the order in which rows come.
  private(set) var members: [EntityPath] = []
  /// Whether the member had clean time of its own.
  private(set) var isKnown: [Bool] = []

  // Per member and channel: `member · channels + channel`.
  var centres: [Float] = []
  var spreads: [Float] = []
  /// The logarithms of the last `window` samples, one list per sample, each written in turn.
  var ring: [[Float]]
  /// Samples since the channel was observed; −1 before it was observed for the first time.
  var gaps: [Float] = []
  /// Sums of deviations from peers, of members that clean time did not have, and how many were added.
  var sums: [Float] = []
  var counts: [Float] = []

  /// Per channel, the recent level of the role's median.
  var recent: [RecentLevel]
  /// The last scores of every member before their lowest is taken, one list per sample, each written in turn.
  var history: [[Float]]
  /// How many samples were pushed.
  var sampleCount = 0

  /// Per member and channel, the surprise of the last sample in the peer view.
  private(set) var peerSurprises: [Float] = []
  /// Per channel, the surprise of the last sample in the common view.
  private(set) var commonSurprises: [Float]

  private let groups: ChannelGroups

  init(_ baseline: RoleBaseline, options: SurpriseOptions) {
    (self.baseline, self.options) = (baseline, options)
    let channels = baseline.channels.count
    ring = [[Float]](repeating: [], count: options.window)
    recent = [RecentLevel](repeating: RecentLevel(memory: options.memory), count: channels)
    history = [[Float]](repeating: [], count: options.persistence)
    commonSurprises = [Float](repeating: 0, count: channels)
    groups = ChannelGroups(baseline.channels)
  }

  /// Follows another entity from here on.
  ///
  /// An entity that clean time did not have begins with what is usual for its role.
  mutating func add(_ member: EntityPath) {
    let channels = baseline.channels.count
    members.append(member)
    if let place = baseline.place(of: member) {
      isKnown.append(true)
      centres += baseline.centres[place * channels..<(place + 1) * channels]
      spreads += baseline.spreads[place * channels..<(place + 1) * channels]
    } else {
      isKnown.append(false)
      centres += [Float](repeating: 0, count: channels)
      spreads += zip(baseline.withinSpread, baseline.betweenSpread).map { within, between in
        let spread = (within * within + between * between).squareRoot()
        return spread > 0 ? spread : 1
      }
    }
    for age in ring.indices { ring[age] += [Float](repeating: .nan, count: channels) }
    for age in history.indices { history[age].append(0) }
    gaps += [Float](repeating: -1, count: channels)
    sums += [Float](repeating: 0, count: channels)
    counts += [Float](repeating: 0, count: channels)
    peerSurprises += [Float](repeating: 0, count: channels)
  }

  var channels: [ChannelReference] { baseline.channels }

  mutating func push(_ rows: UnsafeBufferPointer<Float>, count: Int) -> RoleScores {
    let cells = cellCount
    var result = RoleScores()
    result.scores.reserveCapacity(count * members.count)
    result.own.reserveCapacity(count * cells)
    for time in 0..<count {
      result.scores += push(UnsafeBufferPointer(rebasing: rows[time * cells..<(time + 1) * cells]))
      result.own += peerSurprises
      result.common += commonSurprises
    }
    return result
  }

  /// Takes one sample of every member; returns the score of each.
  private mutating func push(_ rows: UnsafeBufferPointer<Float>) -> [Float] {
    let (count, channels) = (members.count, baseline.channels.count)
    require(rows.count == count * channels, "SurpriseStream: \(rows.count) samples for \(count) x \(channels)")
    keep(rows)
    sampleCount += 1
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * count) { buffer in
      for channel in 0..<channels { compare(channel, using: buffer) }
    }
    return scores()
  }

  /// Puts the logarithms of a row into the ring.
  private mutating func keep(_ rows: UnsafeBufferPointer<Float>) {
    let channels = baseline.channels.count
    let slot = sampleCount % options.window
    baseline.units.withUnsafeBufferPointer { units in
      ring[slot].withUnsafeMutableBufferPointer { ring in
        gaps.withUnsafeMutableBufferPointer { gaps in
          for start in stride(from: 0, to: rows.count, by: max(channels, 1)) {
            for channel in 0..<channels {
              let place = start + channel
              let sample = rows[place]
              let isObserved = sample.isFinite
              ring[place] = isObserved ? asinhOf(sample / units[channel]) : .nan
              // A channel that was never seen is not missing.
              gaps[place] = isObserved ? 0 : gaps[place] < 0 ? -1 : gaps[place] + 1
            }
          }
        }
      }
    }
  }

  /// The surprises of one channel in both views.
  private mutating func compare(_ channel: Int, using buffer: UnsafeMutableBufferPointer<Float>) {
    let (count, channels) = (members.count, baseline.channels.count)
    let means = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
    let spare = UnsafeMutableBufferPointer(rebasing: buffer[count...])
    for member in 0..<count {
      let place = member * channels + channel
      means[member] = trailingMean(ring.count) { ring[$0][place] }
    }
    let (median, observed) = medianOfObserved(UnsafeBufferPointer(means), using: spare)
    commonSurprises[channel] = commonSurprise(of: median, channel: channel)
    guard observed >= RoleBaseline.smallestGroup else {
      for member in 0..<count { peerSurprises[member * channels + channel] = 0 }
      return
    }
    let (scale, isUsual) = (baseline.peerScales[channel], baseline.isUsual[channel])
    for member in 0..<count {
      let place = member * channels + channel
      var surprise: Float = 0
      if means[member].isFinite {
        let deviation = means[member] - median
        if !isKnown[member] { learn(deviation, at: place, channel: channel) }
        surprise = scale.surprise(of: abs(deviation - centres[place]) / spreads[place], cap: options.cap)
      }
      if isUsual, gaps[place] > 0 { surprise = max(surprise, surpriseOfAbsence(gaps[place])) }
      peerSurprises[place] = surprise
    }
  }

  private mutating func commonSurprise(of median: Float, channel: Int) -> Float {
    guard median.isFinite else { return 0 }
    let level = recent[channel].level(adding: median)
    let deviation = min(abs(median - baseline.commonCentres[channel]), abs(median - level))
    return baseline.commonScales[channel].surprise(
      of: deviation / baseline.commonSpreads[channel], cap: options.cap)
  }

  /// Grows from zero at the longest gap of clean time to the cap at twice that.
  private func surpriseOfAbsence(_ gap: Float) -> Float {
    let longest = Float(max(baseline.longestGap, options.window))
    return options.cap * min(max((gap - longest) / longest, 0), 1)
  }

  /// Moves the usual deviation of an entity without clean time from that of its role towards its own mean.
  ///
  /// With a normal prior of the role's spread between entities and samples of its spread within one, the posterior mean
  /// after `n` samples is `n / (n + within² / between²)` of the way to the entity's mean. Samples of an entity that stands
  /// out do not count.
  private mutating func learn(_ deviation: Float, at place: Int, channel: Int) {
    let member = place / baseline.channels.count
    let (within, between) = (baseline.withinSpread[channel], baseline.betweenSpread[channel])
    guard between > 0, within > 0 else { return }
    if history.allSatisfy({ $0[member] < SurpriseScale.rareSurprise }) {
      sums[place] += deviation
      counts[place] += 1
    }
    let strength = within * within / (between * between)
    centres[place] = sums[place] / (counts[place] + strength)
    let remaining = between * between * strength / (counts[place] + strength)
    spreads[place] = (within * within + remaining).squareRoot()
  }

  private mutating func scores() -> [Float] {
    let (count, channels) = (members.count, baseline.channels.count)
    let common = groups.score(commonSurprises[...], largest: options.groups)
    let slot = (sampleCount - 1) % options.persistence
    return (0..<count).map { member in
      let cells = member * channels..<(member + 1) * channels
      // Before its first sample an entity takes no part in what happens to its role.
      let isThere = gaps[cells].contains { $0 >= 0 }
      history[slot][member] =
        isThere ? max(groups.score(peerSurprises[cells], largest: options.groups), common) : 0
      return history.reduce(Float.infinity) { min($0, $1[member]) }
    }
  }
}

extension SurpriseStream {
  var state: RoleState {
    RoleState(
      arrays: [
        "ring": ring.flatMap { $0 }, "history": history.flatMap { $0 }, "gaps": gaps, "sums": sums, "counts": counts,
        "centres": centres, "spreads": spreads, "recent": recent.flatMap(\.values),
      ],
      counts: ["samples": [sampleCount], "recent": recent.map(\.values.count), "next": recent.map(\.next)])
  }

  mutating func restore(_ state: RoleState) -> Bool {
    let (cells, memory) = (cellCount, options.memory)
    guard let ring = state.arrays["ring"], ring.count == self.ring.count * cells,
      let history = state.arrays["history"], history.count == self.history.count * members.count,
      let gaps = state.arrays["gaps"], gaps.count == cells, let sums = state.arrays["sums"], sums.count == cells,
      let counts = state.arrays["counts"], counts.count == cells,
      let centres = state.arrays["centres"], centres.count == cells,
      let spreads = state.arrays["spreads"], spreads.count == cells,
      let samples = state.counts["samples"], samples.count == 1, samples[0] >= 0,
      let lengths = state.counts["recent"], lengths.count == channels.count,
      let next = state.counts["next"], next.count == channels.count,
      lengths.allSatisfy({ (0...memory).contains($0) }), next.allSatisfy({ (0..<memory).contains($0) }),
      let levels = state.arrays["recent"], levels.count == lengths.reduce(0, +)
    else { return false }
    for age in self.ring.indices { self.ring[age] = Array(ring[age * cells..<(age + 1) * cells]) }
    for age in self.history.indices {
      self.history[age] = Array(history[age * members.count..<(age + 1) * members.count])
    }
    (self.gaps, self.sums, self.counts, self.centres, self.spreads) = (gaps, sums, counts, centres, spreads)
    sampleCount = samples[0]
    var place = 0
    for (channel, length) in lengths.enumerated() {
      recent[channel] = RecentLevel(
        memory: memory, values: Array(levels[place..<place + length]), next: next[channel])
      place += length
    }
    return true
  }
}
