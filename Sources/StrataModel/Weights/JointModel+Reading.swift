public import StrataTelemetry
import StrataTensor

extension JointModel {
  /// Reads the weights of a model.
  ///
  /// - Parameters:
  ///   - configuration: What the model was built from.
  ///   - channels: How many channels each layer has.
  ///   - path: A safetensors file with every parameter.
  /// - Throws: `SafetensorsError` for a file that cannot be read, `WeightError` when its weights are those of another
  ///   model.
  public init(_ configuration: ModelConfiguration, channels: [TelemetryLayer: Int], weightsAt path: String) throws {
    try self.init(configuration, channels: channels, weights: SafetensorsFile(contentsOf: path))
  }

  /// Reads the weights of a model; how many channels each layer has is taken from them.
  ///
  /// - Parameters:
  ///   - configuration: What the model was built from.
  ///   - path: A safetensors file with every parameter.
  /// - Throws: `FileError` when no layer has a decoder in the file, and what
  ///   ``JointModel/init(_:channels:weightsAt:)`` throws.
  public init(_ configuration: ModelConfiguration, weightsAt path: String) throws {
    let file = try SafetensorsFile(contentsOf: path)
    var channels: [TelemetryLayer: Int] = [:]
    for layer in TelemetryLayer.allCases {
      if let shape = file.shape(of: "layers.\(layer.rawValue).decoder.mean.bias") {
        channels[layer] = shape.elementCount
      }
    }
    guard !channels.isEmpty, channels.values.allSatisfy({ $0 > 0 }) else {
      throw FileError("holds no decoder of any layer, so it is no joint model", path: path)
    }
    try self.init(configuration, channels: channels, weights: file)
  }

  private init(
    _ configuration: ModelConfiguration, channels: [TelemetryLayer: Int],
    weights file: SafetensorsFile
  ) throws {
    // A configuration that is damaged must not cost more memory than the weights it came with explain.
    let found = file.names.reduce(0) { $0 + file.shape(of: $1)!.elementCount }
    let wanted = configuration.parameterCount(channels: channels)
    guard wanted <= max(16 * found, 1 << 24) else {
      throw WeightError.wrongCount(found: found, expected: wanted, source: file.path)
    }
    var generator = Generator(seed: 0)
    self.init(configuration, channels: channels, using: &generator)
    try load(file)
  }
}
