import StrataSimulation
import TestSupport
import Testing

@Suite struct FailureTableTests {
  @Test func totalsAreThoseOfTheSources() {
    func total(_ table: FailureTable) -> Double { table.causes.reduce(0) { $0 + $1.weight } }
    #expect(total(.llama3) == 419)
    #expect(total(.infiniteHBD) == 584)
    #expect(total(.lablup) == 16)
    // The page of the source lists the eleven largest of 678.
    #expect(total(.ftHSDP) == 658)
    let gpu = FailureTable.infiniteHBD.causes.filter { $0.component == "GPU" }.reduce(0) { $0 + $1.weight }
    #expect(gpu == 158)
  }

  @Test(arguments: FailureTable.published + [.mixtureOfExperts]) func everyCardIsInTheCatalogue(table: FailureTable) {
    for card in table.causes.flatMap(\.cards) { #expect(FaultCatalogue.standard[card]?.id == card, "\(card)") }
  }

  @Test func aMixtureKeepsTheShares() {
    var shares: [String: Double] = [:]
    for cause in FailureTable.training.causes { shares[cause.component, default: 0] += cause.weight }
    #expect((shares.values.reduce(0, +) - 1).magnitude < 1e-12)
    #expect((shares["application"]! - 0.15).magnitude < 1e-12)
    let gpu = 0.425 * (148 + 72 + 19 + 17 + 6 + 6) / 419 + 0.425 * (155 + 50 + 37) / 658
    #expect((shares["GPU"]! - gpu).magnitude < 1e-12)
  }

  @Test func drawnCausesComeAsOftenAsTheirWeights() {
    var arrivals = FaultArrivals()
    arrivals.table = .llama3
    arrivals.rate = 40
    arrivals.campaigns.spread = 0
    let episodes = (1...8).flatMap { seed in
      arrivals.episodes(hosts: 200, duration: 200 * 86_400, seed: UInt64(seed))
    }
    let share = Double(episodes.count { $0.cause.name == "GPU HBM3 memory" }) / Double(episodes.count)
    #expect((share / (72.0 / 419) - 1).magnitude < 0.12, "\(share)")
  }

  @Test func anEmptyTableIsAMistake() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = FailureTable(name: "none", source: "nobody", causes: [])
    }
    expectMessage("none: a table needs causes of positive weight", from: result)
  }
}
