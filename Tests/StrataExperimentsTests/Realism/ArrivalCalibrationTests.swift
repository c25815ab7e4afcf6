import StrataExperiments
import StrataSimulation
import Testing

/// The statistics of the fault trace of Shou et al., "InfiniteHBD", SIGCOMM 2025 (400 servers, 349 days, 584 faults), as
/// `FaultStatistics` takes them from it.
@Suite struct ArrivalCalibrationTests {
  @Test func arrivalsReproduceThePublishedTrace() {
    var arrivals = FaultArrivals()
    arrivals.rate = 4.18
    arrivals.table = .infiniteHBD
    arrivals.rhythm.busiestHour = 22.4
    let seeds = 1...100
    let drawn = seeds.map { seed in
      let episodes = arrivals.episodes(hosts: 400, duration: 349 * 86_400, seed: UInt64(seed))
      return FaultStatistics(episodes.map(HostFault.init), hosts: 400, duration: 349 * 86_400)
    }
    func expect(_ name: String, _ published: Double, _ value: (FaultStatistics) -> Double) {
      let mean = drawn.map(value).reduce(0, +) / Double(drawn.count)
      #expect((mean / published - 1).magnitude < 0.15, "\(name): \(mean), published \(published)")
    }
    expect("rate", 4.18) { $0.rate }
    expect("mean gap", 14.198) { $0.meanGap }
    expect("gap variation", 1.756) { $0.gapVariation }
    expect("simultaneous", 0.1355) { $0.simultaneous }
    expect("top tenth", 0.4092) { $0.topTenth }
    expect("Gini", 0.6425) { $0.gini }
    expect("faultless", 0.4225) { $0.faultless }
    expect("again within a day", 0.3711) { $0.againWithinDay }
    expect("again within a week", 0.5156) { $0.againWithinWeek }
    expect("same component", 0.4079) { $0.sameComponent }
    expect("median repair", 20.389) { $0.repairQuantiles[1] }
    expect("90 % of repairs", 311.34) { $0.repairQuantiles[2] }
    expect("daily contrast", 3.2418) { $0.dailyContrast }
    expect("daily amplitude", 0.5467) { $0.dailyAmplitude }
  }
}
