import Foundation
public import StrataTelemetry
public import StrataTensor

/// Two hosts whose six channels in three layers all follow one load.
public struct SampleCluster {
  public static let sampleCount = 1000
  public static let trainingEnd = 700
  /// When the power of the first host follows the load of another time: as large as ever, but out of step.
  public static let broken = 850..<900

  public var physical: NDArray, compute: NDArray, application: NDArray

  public init(seed: UInt64 = 1) {
    var generator = Generator(seed: seed)
    var cells: [[Float]] = [[], [], []]
    func loadOf(_ host: Int, _ time: Int) -> Float {
      let (t, phase) = (Float(time), Float(host + 1))
      return sin(t / 7 + phase) + 0.7 * sin(t / 3.1 + 2 * phase)
    }
    for time in 0..<Self.sampleCount {
      for host in 0..<2 {
        let load = loadOf(host, time)
        let isBroken = host == 0 && Self.broken.contains(time)
        let power = isBroken ? loadOf(host, time - 511) : load
        func noisy(_ value: Float) -> Float { value + 0.05 * generator.normal() }
        cells[0] += [noisy(60 + 8 * load), noisy(300 + 90 * power), noisy(2000 - 400 * load)]
        cells[1] += [noisy(50 + 20 * load), noisy(1400 - 150 * load)]
        cells[2] += [noisy(0.3 * load)]
      }
    }
    physical = NDArray([Self.sampleCount, 2, 3], cells[0])
    compute = NDArray([Self.sampleCount, 2, 2], cells[1])
    application = NDArray([Self.sampleCount, 2, 1], cells[2])
  }

  public func run(hosts: [EntityPath] = ["c0/host0", "c0/host1"], without absent: TelemetryLayer? = nil) -> Run {
    let series = [
      (TelemetryLayer.physical, ["heat", "power", "fan"], physical), (.compute, ["load", "clock"], compute),
      (.application, ["rate"], application),
    ]
    return Run(
      name: "sample", start: 0, interval: 60, sampleCount: Self.sampleCount,
      layers: series.filter { $0.0 != absent }.map { layer, names, values in
        LayerSeries(layer: layer, entities: hosts, channels: names.map { Channel(name: $0) }, values: values)
      }, split: RunSplit(trainingEnd: Self.trainingEnd))
  }
}
