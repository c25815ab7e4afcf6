import Strata

/// What readers are measured with: random telemetry of hosts, three layers with 38 channels together.
///
/// It is written out here, so that the amount of work stays the same from version to version.
enum SampleTelemetry {
  static let channels: [TelemetryLayer: Int] = [.data: 22, .compute: 10, .application: 6]
  static let channelCount = channels.values.reduce(0, +)
  static let windowLength = 64

  /// Windows of four hosts.
  static func windows() throws -> WindowSource {
    let run = run(entities: 4, samples: 2048)
    let split = try DataSplits.byTime([run], embargo: windowLength, validationFraction: 0, trainingFraction: 1).training
    return try WindowSet(
      split, scale: RobustScale(fitting: split), specification: WindowSpecification(length: windowLength, stride: 4))
  }

  /// Samples in steps of an eighth, as counters and percentages come.
  static func run(entities: Int, samples: Int) -> Run {
    var generator = Generator(seed: 7)
    let hosts = (0..<entities).map { EntityPath(["c0", "host\($0)"]) }
    let layers = channels.sorted { $0.key < $1.key }.map { layer, count in
      let values = NDArray([samples, entities, count]) { values in
        for index in 0..<samples * entities * count {
          values.initializeElement(at: index, to: ((50 + 20 * generator.normal()) * 8).rounded() / 8)
        }
      }
      return LayerSeries(
        layer: layer, entities: hosts, channels: (0..<count).map { Channel(name: "\(layer.rawValue)\($0)") },
        values: values)
    }
    return Run(name: "sample", start: 0, interval: 1, sampleCount: samples, layers: layers)
  }
}
