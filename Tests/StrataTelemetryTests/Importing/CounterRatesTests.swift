import StrataTelemetry
import Testing

@Suite struct CounterRatesTests {
  private func rates(_ totals: [Double], _ width: CounterRates.Width = .unknown) -> [Double?] {
    CounterRates(interval: 2, width: width).rates(of: totals).map { $0.isNaN ? nil : $0 }
  }

  @Test func ratesAreIncreasesPerSecond() { #expect(rates([5, 9, 9, 19]) == [nil, 2, 0, 5]) }

  @Test func aFallIsARestartAndMissing() { #expect(rates([10, 20, 3, 13]) == [nil, 5, nil, 5]) }

  @Test func missingStaysMissingAndTheGapIsAveraged() {
    #expect(rates([10, .nan, .nan, 40, 44]) == [nil, nil, nil, 5, 2])
    #expect(rates([.nan, 10, .infinity, 2]) == [nil, nil, nil, nil])
  }

  @Test func countersOf32BitsWrap() {
    let range = 4_294_967_296.0
    #expect(rates([range - 6, 4], .bits32) == [nil, 5])
    #expect(rates([range - 6, 4]) == [nil, nil])
    // From the middle of the range it is a restart, whatever the width.
    #expect(rates([range / 2, 4], .bits32) == [nil, nil])
    #expect(rates([range * 4, 4], .bits32) == [nil, nil])
  }

  @Test func largeTotalsKeepTheirUnits() { #expect(rates([2_355_459_401, 2_355_459_489]) == [nil, 44]) }

  @Test func runsWithoutCountersStayAsTheyAre() {
    let run = makeWalks(samples: 5).withCountersAsRates()
    #expect(run[.data]!.channels == gauges(2))
  }

  @Test func anIntervalOfZeroStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = CounterRates(interval: 0)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("CounterRates: interval 0.0 must be positive"))
  }
}
