import Foundation
import StrataNeural
import StrataTensor
import TestSupport
import Testing

@Suite struct InfoNCETests {
  private func views(_ seed: UInt64) -> (Tensor, Tensor) {
    var generator = Generator(seed: seed)
    let a = generator.normalArray([12, 6])
    let b = a + generator.normalArray([12, 6]) * 0.3
    return (l2Normalize(Tensor(a)), l2Normalize(Tensor(b)))
  }

  @Test func theModuleIsTheFunctionAtItsTemperature() {
    let (a, b) = views(1)
    let module = InfoNCE(temperature: 0.2)
    expectClose(module(a, b).value, infoNCE(a, b, temperature: 0.2).value)
    expectGradient(of: { $0(a, b) }, at: module)
  }

  @Test func descentFindsAGoodTemperature() {
    let (a, b) = views(2)
    var module = InfoNCE(temperature: 1)
    let first = module(a, b).value.scalar
    for _ in 0..<100 {
      let gradient = valueAndGradient(at: module) { $0(a, b) }.gradient
      module.logTemperature = Tensor(module.logTemperature.value - gradient.logTemperature.value * 2)
    }
    #expect(module(a, b).value.scalar < first / 2)
  }

  @Test func theTemperatureStopsAtItsBoundAndCanReturn() {
    let (a, b) = views(3)
    var module = InfoNCE(temperature: 0.05, minimum: 0.05)
    module.logTemperature = Tensor(NDArray(scalar: log(Float(0.01))))
    expectClose(module.temperature.value, NDArray(scalar: 0.05))
    // Matching views ask for a lower temperature, which the bound forbids; crossed views ask for a higher one.
    let pushed = valueAndGradient(at: module) { $0(a, a) }.gradient.logTemperature.value.scalar
    #expect(pushed == 0)
    let reversed = gather(b, rows: (0..<12).reversed())
    let freed = valueAndGradient(at: module) { $0(a, reversed) }.gradient.logTemperature.value.scalar
    #expect(freed < 0)
  }

  @Test func extremeSimilaritiesStayFinite() {
    let a = Tensor(NDArray([3, 1], [-40, 0, 40]))
    let (loss, gradient) = valueAndGradient(at: a) { infoNCE($0, $0, temperature: 0.01) }
    #expect(loss.isFinite)
    #expect(gradient.value.elements.allSatisfy { $0.isFinite })
  }

  @Test func equalEmbeddingsGiveTheLogarithmOfTheBatch() {
    let same = Tensor(NDArray([8, 4], repeating: 0.5))
    expectClose(infoNCE(same, same, temperature: 0.1).value, NDArray(scalar: log(8)))
    expectClose(ntXent(same, same).value, NDArray(scalar: log(15)))
  }
}
