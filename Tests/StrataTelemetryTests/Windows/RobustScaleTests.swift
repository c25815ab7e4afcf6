import Foundation
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

/// The scale of one channel of one entity whose training samples are given.
private func scale(
  of samples: [Float], kind: Channel.Kind = .gauge, options: RobustScale.Options = RobustScale.Options()
) throws -> (scale: RobustScale, centre: Float, spread: Float) {
  let run = makeRun(
    makeLayer(samples: samples.count, entities: hosts(1), channels: [Channel(name: "a", kind: kind)]) { time, _, _ in
      samples[time]
    })
  let splits = try DataSplits.byTime([run], embargo: 0, validationFraction: 0, trainingFraction: 1)
  let scale = RobustScale(fitting: splits.training, options: options)
  let own = scale.layers[0].entities["c0/host0"]!
  return (scale, own.centres[0], own.spreads[0])
}

@Suite struct RobustScaleTests {
  @Test func centreIsTheMedianAndSpreadTheInterquartileRange() throws {
    // NumPy: quantile([1, 2, 4, 8, 16, 32], [0.25, 0.5, 0.75]) = [2.5, 6, 14].
    let fitted = try scale(
      of: [32, 1, 8, 2, 16, 4], options: .init(deviationShare: 0, pooledShare: 0, relativeFloor: 0))
    #expect(fitted.centre == 6)
    expectClose(Double(fitted.spread), 11.5 / 1.3489795, relative: 1e-6)
  }

  @Test func normalSamplesHaveTheirStandardDeviation() throws {
    var generator = Generator(seed: 3)
    let fitted = try scale(of: (0..<20_000).map { _ in 5 + 2 * generator.normal() })
    expectClose(Double(fitted.centre), 5, absolute: 0.05)
    expectClose(Double(fitted.spread), 2, absolute: 0.05)
  }

  @Test func missingSamplesDoNotCount() throws {
    let fitted = try scale(of: [.nan, 3, .infinity, 1, .nan, 2])
    #expect(fitted.centre == 2)
  }

  @Test func mostlyConstantChannelsAreNotBlownUp() throws {
    let samples = (0..<1000).map { Float($0.isMultiple(of: 10) ? 1 : 0) }  // standard deviation 0.3
    expectClose(Double(try scale(of: samples).spread), 0.25 * 0.3, relative: 1e-4)
  }

  @Test func constantChannelsHaveAFloor() throws {
    #expect(try scale(of: [Float](repeating: 0, count: 10)).spread == 1e-3)
    expectClose(Double(try scale(of: [Float](repeating: 5000, count: 10)).spread), 0.5, relative: 1e-5)
  }

  @Test func constantEntitiesBorrowFromTheirRole() throws {
    let run = makeRun(
      makeLayer(samples: 100, entities: hosts(2), channels: gauges(1)) { time, entity, _ in
        entity == 0 ? 0 : Float(time)
      })
    let splits = try DataSplits.byTime([run], embargo: 0, validationFraction: 0, trainingFraction: 1)
    let layer = RobustScale(fitting: splits.training).layers[0]
    let pooled = layer.roles["host"]!.spreads[0]
    #expect(pooled > 10)
    expectClose(Double(layer.entities["c0/host0"]!.spreads[0]), Double(pooled) * 0.1, relative: 1e-5)
  }

  @Test func unseenEntitiesTakeTheScaleOfTheirRole() throws {
    let run = makeWalks(samples: 100)
    let splits = try DataSplits.byEntity([run], validation: [], test: ["c0/host2"])
    let layer = RobustScale(fitting: splits.training)[.compute]!
    #expect(layer.scale(of: "c0/host2", role: "host") == layer.roles["host"])
    #expect(layer.scale(of: "c0/switch1", role: "switch") == nil)
  }

  @Test func squashingIsSmoothIncreasingAndFinite() throws {
    let fitted = try scale(of: (0..<101).map { Float($0) / 100 }, options: .init(bound: 4))
    func standardised(_ sample: Float) throws -> Float {
      let run = makeRun(makeLayer(samples: 1, entities: hosts(1), channels: gauges(1)) { _, _, _ in sample })
      let windows = try WindowSet(
        TestSplit(everythingIn: [run]), scale: fitted.scale, specification: WindowSpecification(length: 1, stride: 1))
      return windows.batch(0..<1).layers[0].values.scalar
    }
    let z = { (sample: Float) in (sample - fitted.centre) / fitted.spread }
    #expect(try standardised(1) == z(1))
    #expect(try standardised(fitted.centre + 4 * fitted.spread) == 4)
    let beyond = fitted.centre + 10 * fitted.spread
    expectClose(Double(try standardised(beyond)), 4 + log1p(6), relative: 1e-5)
    #expect(try standardised(-beyond + 2 * fitted.centre) < -4)
    let extremes = try [10, 1e3, 1e9, 1e20, Float.greatestFiniteMagnitude].map(standardised)
    #expect(extremes == extremes.sorted() && Set(extremes).count == 5 && extremes[4] < 4 + 89)
  }

  @Test func restoringIsTheWayBack() throws {
    for logarithm in [false, true] {
      let fitted = try scale(
        of: (0..<101).map(Float.init), kind: .rate, options: .init(bound: 3, logarithmOfRates: logarithm))
      for sample in [0, 1, 50, 200, 5000] as [Float] {
        let run = makeRun(
          makeLayer(samples: 1, entities: hosts(1), channels: [Channel(name: "a", kind: .rate)]) { _, _, _ in sample })
        let windows = try WindowSet(
          TestSplit(everythingIn: [run]), scale: fitted.scale, specification: WindowSpecification(length: 1, stride: 1))
        let value = windows.batch(0..<1).layers[0].values.scalar
        let restored = fitted.scale.restore(value, channel: 0, of: "c0/host0", role: "host", in: .compute)
        expectClose(Double(try #require(restored)), Double(sample), relative: 1e-4, absolute: 1e-3)
      }
    }
  }

  @Test func logarithmAppliesToRatesOnly() throws {
    let samples = (0..<1001).map { Float($0) }
    let options = RobustScale.Options(logarithmOfRates: true)
    #expect(try scale(of: samples, options: options).centre == 500)
    expectClose(Double(try scale(of: samples, kind: .rate, options: options).centre), log1p(500), relative: 1e-6)
  }

  @Test func survivesCodingBitForBit() throws {
    let splits = try DataSplits.byTime([makeWalks(samples: 200)], embargo: 0)
    let scale = RobustScale(fitting: splits.training)
    let decoded = try JSONDecoder().decode(RobustScale.self, from: JSONEncoder().encode(scale))
    #expect(decoded == scale)
  }

  @Test func doesNotDependOnThreads() throws {
    let splits = try DataSplits.byTime([makeWalks(samples: 200)], embargo: 0)
    #expect(RobustScale(fitting: splits.training, threads: 3) == RobustScale(fitting: splits.training))
  }
}
