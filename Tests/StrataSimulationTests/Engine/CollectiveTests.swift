import StrataSimulation
import Testing

@Suite struct CollectiveTests {
  /// Three devices arrive at 1, 3 and 2 s; their bytes take 0.5, 0.1 and 0.2 s.
  @Test func startsWithTheLastAndEndsWithTheSlowest() {
    var collective = Collective(members: 4..<7)
    var devices = [Occupancy](repeating: Occupancy(), count: 8)
    for (rank, seconds) in [(4, 1.0), (5, 1.5), (6, 2.0)] {
      collective.work(rank, seconds, pace: rank == 5 ? 2 : 1, &devices)
    }
    collective.meet(&devices) { [0.5, 0.1, 0.2][$0] }
    #expect(collective.time == 3.5)
    #expect(devices[4...6].map(\.work) == [1, 3, 2])
    #expect(devices[4...6].map(\.nominalWork) == [1, 1.5, 2])
    #expect(devices[4...6].map(\.transfer) == [0.5, 0.1, 0.2])
    let waits = [2.0, 0.4, 1.3]
    for (rank, wait) in zip(4..., waits) { #expect((devices[rank].wait - wait).magnitude < 1e-12) }
    #expect(devices[7] == Occupancy())
  }

  @Test func delayCountsAsLateArrivalOnly() {
    var collective = Collective(members: 0..<2)
    var devices = [Occupancy](repeating: Occupancy(), count: 2)
    collective.delay(0, by: 0.25)
    collective.meet(&devices) { _ in 0 }
    #expect(collective.time == 0.25)
    #expect(devices.map(\.wait) == [0, 0.25])
    #expect(devices.map(\.work) == [0, 0])
  }
}
