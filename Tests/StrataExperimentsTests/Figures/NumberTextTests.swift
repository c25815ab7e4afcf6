import StrataExperiments
import Testing

@Suite struct NumberTextTests {
  @Test(
    arguments: [
      (0, "0"), (1, "1"), (1.2345, "1.23"), (-0.5, "−0.5"), (123.4, "123"), (9994, "9994"), (12_345, "12.3 k"),
      (999_499, "999 k"), (999_500, "1 M"), (2.5e9, "2.5 G"), (0.04567, "0.0457"), (0.0001, "0.0001"),
      (0.00000123, "1.2e-6"), (.nan, "–"), (.infinity, "∞"),
    ] as [(Double, String)])
  func shortNumbersHaveThreeDigits(value: Double, text: String) { #expect(NumberText.short(value) == text) }

  @Test(
    arguments: [
      (2.5e9, "By/s", "2.5 GB/s"), (45.25, "Cel", "45.3 °C"), (12.5, "%", "12.5 %"), (3, "1", "3"),
      (70_000, "MiBy", "70000 MiB"), (1980, "MHz", "1980 MHz"), (20_000, "W", "20 kW"),
    ] as [(Double, String, String)])
  func quantitiesCarryTheirUnit(value: Double, unit: String, text: String) {
    #expect(NumberText.quantity(value, unit: unit) == text)
  }

  @Test(
    arguments: [
      (0, 2, "0.00"), (1.005, 1, "1.0"), (0.95, 1, "1.0"), (-0.04, 1, "0.0"), (-1.26, 1, "−1.3"), (7, 0, "7"),
      (.nan, 2, "–"),
    ] as [(Double, Int, String)])
  func fixedNumbersHaveTheirDecimals(value: Double, decimals: Int, text: String) {
    #expect(NumberText.fixed(value, decimals: decimals) == text)
  }

  @Test(
    arguments: [(1, "1.000"), (0.0505, "0.051"), (0.000999, "1.0e-3"), (3.21e-9, "3.2e-9"), (9.96e-5, "1.0e-4")]
      as [(Double, String)])
  func smallProbabilitiesArePowersOfTen(value: Double, text: String) { #expect(NumberText.probability(value) == text) }

  @Test(
    arguments: [
      (0, "0 s"), (59.6, "1 min"), (35, "35 s"), (250, "4 min 10 s"), (3900, "1 h 05 min"), (7200, "2 h"),
      (-20, "−20 s"), (.nan, "–"),
    ] as [(Double, String)])
  func durationsReadNaturally(seconds: Double, text: String) { #expect(NumberText.duration(seconds: seconds) == text) }

  @Test func elapsedTimesHaveHoursMinutesAndSeconds() {
    #expect(NumberText.elapsed(seconds: 3725) == "1:02:05")
    #expect(NumberText.elapsed(seconds: 0) == "0:00:00")
  }
}
