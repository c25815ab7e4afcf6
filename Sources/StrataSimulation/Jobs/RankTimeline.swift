/// What one device does during one step or pause: stretches of constant activity, one after another.
package struct RankTimeline: Sendable {
  /// When each stretch ends, in seconds from the start of the run.
  private(set) var ends: (Double, Double, Double, Double, Double)
  private(set) var activities: (Activity, Activity, Activity, Activity, Activity)

  /// The same activity until `end`.
  init(_ activity: Activity, until end: Double) {
    ends = (end, end, end, end, end)
    activities = (activity, activity, activity, activity, activity)
  }

  init(ends: (Double, Double, Double, Double, Double), _ activities: (Activity, Activity, Activity, Activity, Activity))
  {
    (self.ends, self.activities) = (ends, activities)
  }

  /// Adds to `sum` what happens between two moments, weighted by seconds.
  func accumulate(from start: Double, to end: Double, into sum: inout Activity) {
    var time = start
    func take(_ stretchEnd: Double, _ activity: Activity) {
      let stop = min(end, stretchEnd)
      if stop > time {
        sum.add(activity, weight: stop - time)
        time = stop
      }
    }
    take(ends.0, activities.0)
    take(ends.1, activities.1)
    take(ends.2, activities.2)
    take(ends.3, activities.3)
    take(ends.4, activities.4)
  }
}

extension RankTimeline {
  /// What a rank does in a step that begins at a time.
  init(_ step: Step, rank: Int, map: RankMap, start: Double) {
    let own = step.ranks[rank]
    let times = step.blocks[map.stage(of: rank) * map.blocks + map.block(of: rank)]
    let reduce = max(times.last, step.stages[map.stage(of: rank)].reduceStart)
    let loaded = min(own.loading, times.first)
    let busy = max(times.last - times.first, 1e-9)
    var passes = Activity()
    let idle = min(busy, own.hostDelay)
    let optimizer = min(own.optimizerWork, own.work)
    passes.setProcessor(
      work: own.work - optimizer, expert: own.expertWork, nominal: own.nominalWork,
      forward: own.work > optimizer ? own.forwardWork / (own.work - optimizer) : 1.0 / 3,
      wait: max(0, busy - idle - (own.work - optimizer) - own.transfer), transfer: own.transfer, duration: busy)
    passes.setTraffic(port: own.portBytes / busy, link: own.linkBytes / busy)
    passes.hostReceived = 4e8 * own.nominalWork / busy
    passes.creditWait = own.creditWait / busy
    passes.incast = own.incast / busy
    passes.pausing = own.pausing / busy
    let end = max(step.duration, reduce + 1e-9)
    var gradients = Activity()
    gradients.setProcessor(
      work: optimizer, expert: 0, nominal: optimizer, wait: max(0, end - reduce - optimizer - own.gradientTransfer),
      transfer: own.gradientTransfer, duration: end - reduce)
    gradients.setTraffic(port: own.gradientPortBytes / (end - reduce), link: own.gradientLinkBytes / (end - reduce))
    self.init(
      ends: (start + loaded, start + times.first, start + times.last, start + reduce, start + end),
      (.idle, .spinning, passes, .spinning, gradients))
  }
}

extension Activity {
  /// As much goes as comes.
  mutating func setTraffic(port: Double, link: Double) {
    (transmitted, received, linkTransmitted, linkReceived) = (port, port, link, link)
  }
}
