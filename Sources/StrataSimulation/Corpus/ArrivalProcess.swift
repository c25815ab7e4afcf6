import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The state of ``FaultArrivals`` while it draws episodes; all times are days of field time.
struct ArrivalProcess {
  /// A host that will fail again.
  private struct Pending {
    let time: Double
    let host: Int
    let cause: FailureTable.Cause
  }

  private let arrivals: FaultArrivals
  private let streams: RandomStreams
  private let weights: [Double]
  private let frailty: [Double]
  /// Until when a host is out of order.
  private var busy: [Double]
  private var lastCause: [FailureTable.Cause?]
  /// How many episodes a host has had, which addresses the numbers of the next.
  private var counts: [Int]
  /// By time, the last first.
  private var pending: [Pending] = []
  private var groups = 0
  private var episodes: [FaultEpisode] = []

  init(_ arrivals: FaultArrivals, hosts: Int, streams: RandomStreams) {
    (self.arrivals, self.streams) = (arrivals, streams)
    weights = arrivals.table.causes.map(\.weight)
    let drawn = (0..<hosts).map { host in
      var generator = streams.generator(for: .frailty, host)
      return generator.gamma(shape: arrivals.frailtyShape)
    }
    let mean = drawn.reduce(0, +) / Double(hosts)
    frailty = drawn.map { $0 / mean }
    busy = [Double](repeating: -.infinity, count: hosts)
    lastCause = [FailureTable.Cause?](repeating: nil, count: hosts)
    counts = [Int](repeating: 0, count: hosts)
  }

  /// Spontaneous faults per day, so that all faults together come at the rate asked for.
  private var spontaneousRate: Double {
    let hosts = Double(frailty.count)
    let followers = 1 + arrivals.commonCause.expected(among: frailty.count - 1)
    return arrivals.rate / 1000 * hosts * (1 - arrivals.recurrence.probability) / followers
  }

  mutating func run(days: Double) -> [FaultEpisode] {
    let mean = spontaneousRate
    var campaign = 0.0
    let memory = exp(-1 / arrivals.campaigns.memory)
    for day in -FaultArrivals.burnIn..<Int(days.rounded(.up)) {
      var wander = streams.generator(for: .campaign, day)
      let shock = wander.normalDouble()
      campaign =
        day == -FaultArrivals.burnIn ? shock : memory * campaign + (1 - memory * memory).squareRoot() * shock
      let spread = arrivals.campaigns.spread
      let level = mean * exp(spread * campaign - spread * spread / 2)
      var generator = streams.generator(for: .arrivals, day)
      var time = Double(day)
      var ordinal = 0
      while level > 0 {
        time -= log(1 - generator.uniformDouble()) / (level * arrivals.rhythm.bound)
        let isAccepted = generator.uniformDouble() * arrivals.rhythm.bound < arrivals.rhythm.factor(at: time)
        if time >= min(Double(day + 1), days) { break }
        guard isAccepted else { continue }
        recur(until: time)
        var details = streams.generator(for: .commonCause, day, ordinal)
        fail(at: time, &details)
        ordinal += 1
      }
    }
    recur(until: days)
    return episodes
  }

  /// A spontaneous fault, of one host or several.
  private mutating func fail(at time: Double, _ generator: inout Generator) {
    guard let first = choose(at: time, frail: true, without: [], &generator) else { return }
    var hosts = [first]
    if generator.uniformDouble() < arrivals.commonCause.probability {
      repeat {
        guard let next = choose(at: time, frail: false, without: hosts, &generator) else { break }
        hosts.append(next)
      } while generator.uniformDouble() >= 1 / arrivals.commonCause.furtherHosts
    }
    var cause = drawCause(&generator)
    let isChronic = generator.uniformDouble() < arrivals.recurrence.chronic
    if isChronic, hosts.count == 1, let last = lastCause[first] { cause = last }
    let repair = arrivals.repair.draw(&generator) / 86_400
    if hosts.count > 1 { groups += 1 }
    for host in hosts {
      begin(host, at: time, cause, repair: repair, origin: hosts.count > 1 ? .common(groups) : .spontaneous)
    }
  }

  /// One of the hosts in order, by frailty or all alike; nil when there is none.
  private func choose(at time: Double, frail: Bool, without taken: [Int], _ generator: inout Generator) -> Int? {
    let free = frailty.indices.map { host in
      busy[host] > time || taken.contains(host) ? 0 : frail ? frailty[host] : 1
    }
    return free.contains { $0 > 0 } ? generator.choice(of: free) : nil
  }

  private func drawCause(_ generator: inout Generator) -> FailureTable.Cause {
    arrivals.table.causes[generator.choice(of: weights)]
  }

  /// Lets all repaired hosts fail again whose time has come.
  private mutating func recur(until time: Double) {
    while let next = pending.last, next.time < time {
      pending.removeLast()
      // It may have failed for another reason meanwhile.
      if busy[next.host] > next.time { continue }
      var generator = streams.generator(for: .recurrence, next.host, counts[next.host])
      begin(
        next.host, at: next.time, next.cause, repair: arrivals.repair.draw(&generator) / 86_400, origin: .recurrence)
    }
  }

  private mutating func begin(
    _ host: Int, at time: Double, _ cause: FailureTable.Cause, repair: Double, origin: FaultEpisode.Origin
  ) {
    counts[host] += 1
    busy[host] = time + repair
    lastCause[host] = cause
    if time >= 0 {
      let seconds = 86_400 / arrivals.acceleration
      episodes.append(
        FaultEpisode(host: host, start: time * seconds, repair: repair * seconds, cause: cause, origin: origin))
    }
    var generator = streams.generator(for: .relapse, host, counts[host])
    guard generator.uniformDouble() < arrivals.recurrence.probability else { return }
    let delay = generator.logNormal(median: arrivals.recurrence.median, spread: arrivals.recurrence.spread) / 24
    let inherits = generator.uniformDouble() < arrivals.recurrence.sameCause
    let next = Pending(
      time: time + repair + delay, host: host, cause: inherits ? cause : drawCause(&generator))
    pending.insert(next, at: pending.firstIndex { $0.time < next.time } ?? pending.count)
  }
}
