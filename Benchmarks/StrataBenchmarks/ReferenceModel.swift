import Strata

/// What training and inference are measured with: a small joint model of server telemetry.
///
/// Three layers with 38 channels together, dilated convolutions of width 32, windows of 64 steps. It is written out here
/// rather than taken from the standard configuration, so that the amount of work stays the same from version to version.
enum ReferenceModel {
  static let channels: [TelemetryLayer: Int] = [.data: 22, .compute: 10, .application: 6]
  static let windowLength = 64

  static let configuration = ModelConfiguration(
    inputs: [.value, .mask, .delta],
    encoder: .temporalConvolution(TemporalConvolutionConfiguration(width: 32, depth: 4)),
    embedding: EmbeddingConfiguration(latent: 16, hidden: 32),
    fusion: .gated(GatedFusionConfiguration()),
    modalityDropout: 0.15,
    decoder: DecoderConfiguration(
      context: .joint, hidden: 32, bottleneck: 8, logVariance: .init(minimum: -6, maximum: 4)),
    objective: ObjectiveConfiguration(
      hiding: HidingConfiguration(steps: 0.15, span: 4, channels: 0.1),
      reconstruction: ReconstructionConfiguration(loss: .gaussian, visible: 0.5),
      contrast: ContrastConfiguration(weight: 0.1, loss: .infoNCE(InfoNCEConfiguration(learned: true)))))

  static func make() -> JointModel {
    var generator = Generator(seed: 1)
    return JointModel(configuration, channels: channels, using: &generator)
  }

  /// Windows of random telemetry.
  static func windows() throws -> WindowSource {
    let run = sampleRun(entities: 4, samples: 2048)
    let split = try DataSplits.byTime([run], embargo: windowLength, validationFraction: 0, trainingFraction: 1).training
    return try WindowSet(
      split, scale: RobustScale(fitting: split), specification: WindowSpecification(length: windowLength, stride: 4))
  }

  /// The floating-point operations of all matrix products and convolutions of a forward pass.
  static func forwardOperations(windows: Int) -> Int { operations(windows: windows) { _ in 1 } }

  /// The same for a forward and a backward pass, which needs no gradient of the input.
  static func trainingOperations(windows: Int) -> Int {
    operations(windows: windows) { $0.hasSuffix("encoder.input.weight") ? 2 : 3 }
  }

  /// Every weight with two axes or more is multiplied with each window, or with each step of each window.
  private static func operations(windows: Int, passes: (_ name: String) -> Int) -> Int {
    make().namedArrays().filter { $0.array.shape.rank > 1 }.reduce(0) { sum, weight in
      let isOfSteps =
        weight.name.contains(".encoder.") || weight.name.contains(".decoder.") && !weight.name.contains(".context.")
      let rows = isOfSteps ? windows * windowLength : windows
      return sum + 2 * passes(weight.name) * rows * weight.array.count
    }
  }
}

/// Random telemetry of hosts, in steps of an eighth as counters and percentages come.
func sampleRun(entities: Int, samples: Int) -> Run {
  var generator = Generator(seed: 7)
  let hosts = (0..<entities).map { EntityPath(["c0", "host\($0)"]) }
  let layers = ReferenceModel.channels.sorted { $0.key < $1.key }.map { layer, count in
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
