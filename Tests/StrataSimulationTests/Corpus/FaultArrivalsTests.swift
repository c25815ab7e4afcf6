import StrataSimulation
import TestSupport
import Testing

@Suite struct FaultArrivalsTests {
  private let day = 86_400.0

  @Test func equalSeedsGiveEqualEpisodesAndOthersOthers() {
    let arrivals = FaultArrivals()
    let first = arrivals.episodes(hosts: 50, duration: 200 * day, seed: 7)
    #expect(first.count > 20)
    #expect(first == arrivals.episodes(hosts: 50, duration: 200 * day, seed: 7))
    #expect(first != arrivals.episodes(hosts: 50, duration: 200 * day, seed: 8))
  }

  @Test func aLongerRunBeginsWithAShorterOne() {
    let arrivals = FaultArrivals()
    let long = arrivals.episodes(hosts: 60, duration: 300 * day, seed: 3)
    let short = arrivals.episodes(hosts: 60, duration: 120.4 * day, seed: 3)
    #expect(!short.isEmpty && short.count < long.count)
    #expect(short == Array(long.prefix(short.count)))
    #expect(long[short.count].start >= 120.4 * day)
  }

  @Test func episodesAreOrderedInsideTheRunAndDoNotOverlapOnAHost() {
    let episodes = FaultArrivals().episodes(hosts: 8, duration: 2000 * day, seed: 1)
    #expect(episodes.map(\.start) == episodes.map(\.start).sorted())
    #expect(episodes.allSatisfy { $0.start >= 0 && $0.start < 2000 * day && $0.repair > 0 })
    #expect(episodes.allSatisfy { (0..<8).contains($0.host) })
    for host in 0..<8 {
      let own = episodes.filter { $0.host == host }
      #expect(zip(own, own.dropFirst()).allSatisfy { $0.end <= $1.start })
    }
  }

  @Test(arguments: [(400, 4.0), (400, 8.0), (12, 4.0)]) func theRateIsTheOneAskedFor(hosts: Int, rate: Double) {
    var arrivals = FaultArrivals()
    arrivals.rate = rate
    let days = 200_000 / Double(hosts)
    let counts = (1...6).map { seed in
      Double(arrivals.episodes(hosts: hosts, duration: days * day, seed: UInt64(seed)).count)
    }
    let measured = counts.reduce(0, +) / 6 / (Double(hosts) * days) * 1000
    #expect((measured / rate - 1).magnitude < 0.08, "\(measured) instead of \(rate)")
  }

  @Test func accelerationCompressesTimeAndNothingElse() {
    var fast = FaultArrivals()
    fast.acceleration = 1000
    let field = FaultArrivals().episodes(hosts: 40, duration: 400 * day, seed: 5)
    let run = fast.episodes(hosts: 40, duration: 0.4 * day, seed: 5)
    #expect(run.count == field.count && !run.isEmpty)
    for (a, b) in zip(run, field) {
      #expect((a.start * 1000 - b.start).magnitude < 1e-3 && (a.repair * 1000 / b.repair - 1).magnitude < 1e-9)
      #expect(a.host == b.host && a.cause == b.cause && a.origin == b.origin)
    }
  }

  @Test func aCommonCauseHitsDifferentHostsAtOnceAndIsRepairedAtOnce() {
    let episodes = FaultArrivals().episodes(hosts: 100, duration: 1000 * day, seed: 2)
    let groups = Dictionary(grouping: episodes) { episode -> Int in
      if case .common(let group) = episode.origin { group } else { 0 }
    }
    #expect(groups.count > 5)
    for (group, members) in groups where group > 0 {
      #expect(Set(members.map(\.host)).count == members.count && members.count > 1)
      #expect(Set(members.map(\.start)).count == 1 && Set(members.map(\.repair)).count == 1)
      #expect(Set(members.map(\.cause)).count == 1)
    }
  }

  @Test func withoutItsMechanismsItIsAPoissonProcess() {
    var arrivals = FaultArrivals()
    arrivals.recurrence.probability = 0
    arrivals.commonCause.probability = 0
    arrivals.campaigns.spread = 0
    arrivals.rhythm = .none
    let episodes = arrivals.episodes(hosts: 500, duration: 1000 * day, seed: 4)
    let gaps = zip(episodes.dropFirst(), episodes).map { $0.start - $1.start }
    let mean = gaps.reduce(0, +) / Double(gaps.count)
    let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
    #expect((variance.squareRoot() / mean - 1).magnitude < 0.06)
    #expect(episodes.allSatisfy { $0.origin == .spontaneous })
  }

  @Test func noHostIsLeftWhenAllAreOutOfOrder() {
    var arrivals = FaultArrivals()
    arrivals.rate = 1e5
    let episodes = arrivals.episodes(hosts: 3, duration: 30 * day, seed: 1)
    for host in 0..<3 {
      let own = episodes.filter { $0.host == host }
      #expect(zip(own, own.dropFirst()).allSatisfy { $0.end <= $1.start })
    }
    arrivals.rate = 0
    #expect(arrivals.episodes(hosts: 3, duration: 30 * day, seed: 1).isEmpty)
  }

  @Test func aClusterWithoutHostsIsAMistake() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = FaultArrivals().episodes(hosts: 0, duration: 1, seed: 1)
    }
    expectMessage("FaultArrivals: 0 hosts", from: result)
  }
}
