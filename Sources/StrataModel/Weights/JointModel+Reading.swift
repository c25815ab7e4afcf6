public import StrataTelemetry
import StrataTensor

extension JointModel {
  /// Reads the weights of a model.
  ///
  /// - Parameters:
  ///   - configuration: What the model was built from.
  ///   - channels: How many channels each layer has.
  ///   - path: A safetensors file with every parameter.
  /// - Throws: `SafetensorsError` for a file that cannot be read, ``WeightError`` when its weights are those of another
  ///   model.
  public init(_ configuration: ModelConfiguration, channels: [TelemetryLayer: Int], weightsAt path: String) throws {
    let file = try SafetensorsFile(contentsOf: path)
    let arrays = try file.names.map { (name: $0, array: try file.array(named: $0)) }
    // A configuration that is damaged must not cost more memory than the weights it came with explain.
    let (found, wanted) = (arrays.reduce(0) { $0 + $1.array.count }, configuration.parameterCount(channels: channels))
    guard wanted <= max(16 * found, 1 << 24) else {
      throw WeightError.wrongCount(found: found, expected: wanted, source: path)
    }
    var generator = Generator(seed: 0)
    self.init(configuration, channels: channels, using: &generator)
    try load(arrays, from: path)
  }
}
