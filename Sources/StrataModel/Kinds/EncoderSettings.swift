public import StrataTelemetry
public import StrataTensor

/// Settings of an encoder of one's own: what stands in the `encoder` section of a configuration beside its `kind`.
///
/// Once registered, the kind is built, trained, saved and loaded like those of this library. It is encoded under the keys
/// that it reads.
///
/// ```swift
/// struct RecurrentSettings: EncoderSettings {
///   static let kind = "recurrent"
///   let width: Int
///   init(_ node: ConfigurationNode) throws(ConfigurationError) { width = try node.int("width", in: 1...65536) }
///   func makeEncoder(inputs: Int, using generator: inout Generator) -> any LayerEncoder {
///     RecurrentEncoder(inputs: inputs, width: width, using: &generator)
///   }
/// }
/// EncoderConfiguration.register(RecurrentSettings.self)   // encoder: {kind: recurrent, width: 64}
/// ```
public protocol EncoderSettings: Hashable, Encodable, Sendable {
  /// The value of `kind` in a configuration.
  static var kind: String { get }

  /// The width of the features that the encoder computes.
  var width: Int { get }

  /// Reads every key of the section but `kind`, and asks for no other.
  init(_ node: ConfigurationNode) throws(ConfigurationError)

  /// Builds the encoder of one layer.
  ///
  /// - Parameters:
  ///   - inputs: The numbers per step.
  ///   - generator: The only source of randomness; equal states give equal encoders.
  /// - Returns: An encoder of features of ``width`` numbers.
  func makeEncoder(inputs: Int, using generator: inout Generator) -> any LayerEncoder

  /// How many numbers the encoder of one layer learns. Weights are loaded only into a model that they explain, so that a
  /// damaged configuration does not cost memory; without an implementation an encoder is built to be counted.
  func parameterCount(inputs: Int) -> Int
}

extension EncoderSettings {
  public func parameterCount(inputs: Int) -> Int {
    var generator = Generator(seed: 0)
    return makeEncoder(inputs: inputs, using: &generator).parameterCount
  }
}

/// The settings of an encoder of a registered kind.
public struct RegisteredEncoder: Hashable, Encodable, Sendable {
  public let settings: any EncoderSettings

  public init(_ settings: any EncoderSettings) { self.settings = settings }

  public static func == (one: Self, other: Self) -> Bool {
    one.settings.isEqual(to: other.settings)
  }
  public func hash(into hasher: inout Hasher) { settings.hash(into: &hasher) }
  public func encode(to encoder: any Encoder) throws {
    try encodeKind(type(of: settings).kind, with: settings, to: encoder)
  }
}

extension EncoderConfiguration {
  static let registry = KindRegistry<any EncoderSettings.Type>(
    "an encoder", builtIn: Kind.allCases.map(\.rawValue))

  /// Lets every configuration that is read from now on name a kind of encoder of one's own.
  ///
  /// - Parameter settings: Its settings; registering the same type again changes nothing.
  /// - Precondition: ``EncoderSettings/kind`` is no kind of this library and of no other registered type.
  public static func register(_ settings: (some EncoderSettings).Type) {
    registry.register(settings, named: settings.kind, type: settings)
  }
}
