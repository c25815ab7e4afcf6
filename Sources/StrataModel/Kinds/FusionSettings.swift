public import StrataTelemetry
public import StrataTensor

/// Settings of a fusion of one's own: what stands in the `fusion` section of a configuration beside its `kind`.
///
/// - SeeAlso: ``EncoderSettings``, of which an example is shown.
public protocol FusionSettings: Hashable, Encodable, Sendable {
  /// The value of `kind` in a configuration.
  static var kind: String { get }

  /// Reads every key of the section but `kind`, and asks for no other.
  ///
  /// - Parameters:
  ///   - node: The section of the configuration.
  ///   - latent: The width of the embeddings that are fused, for settings that have to fit it.
  init(_ node: ConfigurationNode, latent: Int) throws(ConfigurationError)

  /// Builds the fusion.
  ///
  /// - Parameters:
  ///   - layers: What is fused, in order.
  ///   - width: The width of the layers' features.
  ///   - latent: The width of the layers' and the joint embedding.
  ///   - generator: The only source of randomness; equal states give equal fusions.
  func makeFusion(
    of layers: [TelemetryLayer], width: Int, latent: Int, using generator: inout Generator
  ) -> any LayerFusion

  /// How many numbers the fusion learns; without an implementation one is built to be counted.
  func parameterCount(of layers: [TelemetryLayer], width: Int, latent: Int) -> Int
}

extension FusionSettings {
  public func parameterCount(of layers: [TelemetryLayer], width: Int, latent: Int) -> Int {
    var generator = Generator(seed: 0)
    return makeFusion(of: layers, width: width, latent: latent, using: &generator).parameterCount
  }
}

/// The settings of a fusion of a registered kind.
public struct RegisteredFusion: Hashable, Encodable, Sendable {
  public let settings: any FusionSettings

  public init(_ settings: any FusionSettings) { self.settings = settings }

  public static func == (one: Self, other: Self) -> Bool {
    one.settings.isEqual(to: other.settings)
  }
  public func hash(into hasher: inout Hasher) { settings.hash(into: &hasher) }
  public func encode(to encoder: any Encoder) throws {
    try encodeKind(type(of: settings).kind, with: settings, to: encoder)
  }
}

extension FusionConfiguration {
  static let registry = KindRegistry<any FusionSettings.Type>(
    "a fusion", builtIn: Kind.allCases.map(\.rawValue))

  /// Lets every configuration that is read from now on name a kind of fusion of one's own.
  ///
  /// - Parameter settings: Its settings; registering the same type again changes nothing.
  /// - Precondition: ``FusionSettings/kind`` is no kind of this library and of no other registered type.
  public static func register(_ settings: (some FusionSettings).Type) {
    registry.register(settings, named: settings.kind, type: settings)
  }
}
