import StrataDiagnosis
import StrataTensor
import Testing

@Suite struct RecentLevelTests {
  @Test(arguments: [1, 2, 7, 120])
  func isTheMedianOfTheLastValues(memory: Int) {
    var generator = Generator(seed: 3)
    // Few different values, so that many are equal.
    let series = (0..<400).map { _ in Float(Int(generator.normal() * 4)) }
    var level = RecentLevel(memory: memory)
    for index in series.indices {
      if index == 200 { level = RecentLevel(memory: memory, values: level.values, next: level.next) }
      let last = series[max(index + 1 - memory, 0)...index].sorted()
      let expected = (last[(last.count - 1) / 2] + last[last.count / 2]) / 2
      #expect(level.level(adding: series[index]) == expected)
    }
  }
}
