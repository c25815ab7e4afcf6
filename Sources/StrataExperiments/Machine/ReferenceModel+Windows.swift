public import StrataTelemetry
import StrataTensor

extension ReferenceModel {
  /// Windows of random telemetry of four hosts, nothing missing.
  ///
  /// - Parameters:
  ///   - count: How many windows there are at least.
  ///   - seed: Decides the samples.
  /// - Precondition: `count` is positive.
  public func windows(_ count: Int, seed: UInt64) throws -> WindowSource {
    let (hosts, stride) = (4, 4)
    let samples = 2 * windowLength + stride * ((count + hosts - 1) / hosts)
    var generator = Generator(seed: seed)
    let entities = (0..<hosts).map { EntityPath(["c0", "host\($0)"]) }
    let layers = channels.sorted { $0.key < $1.key }.map { layer, count in
      LayerSeries(
        layer: layer, entities: entities, channels: (0..<count).map { Channel(name: "\(layer.rawValue)\($0)") },
        values: generator.normalArray([samples, hosts, count]))
    }
    let run = Run(name: "reference", start: 0, interval: 1, sampleCount: samples, layers: layers)
    let split = try DataSplits.byTime([run], embargo: windowLength, validationFraction: 0, trainingFraction: 1).training
    return try WindowSet(
      split, scale: RobustScale(fitting: split),
      specification: WindowSpecification(length: windowLength, stride: stride))
  }
}
