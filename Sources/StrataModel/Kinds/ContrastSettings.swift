public import StrataNeural
public import StrataTelemetry
public import StrataTensor

/// Settings of a contrast of one's own: what stands in the `contrast` section of an objective beside its `kind`, its
/// `weight` and its `pairs`.
///
/// - SeeAlso: ``EncoderSettings``, of which an example is shown.
public protocol ContrastSettings: Hashable, Encodable, Sendable {
  /// The value of `kind` in a configuration.
  static var kind: String { get }

  /// Whether the loss compares embeddings as unit vectors, or before they are made unit vectors.
  var comparesUnitVectors: Bool { get }

  /// Reads every key of the section but `kind`, `weight` and `pairs`, and asks for no other.
  init(_ node: ConfigurationNode) throws(ConfigurationError)

  /// Builds the loss of one pair of views; what it learns is learnt and saved with the model.
  ///
  /// - Parameters:
  ///   - latent: The width of the embeddings.
  ///   - generator: The only source of randomness; equal states give equal losses.
  func makeContrast(latent: Int, using generator: inout Generator) -> any PairContrast
}

extension ContrastSettings {
  /// Unit vectors, unless the settings say otherwise.
  public var comparesUnitVectors: Bool { true }

  func parameterCount(latent: Int) -> Int {
    var generator = Generator(seed: 0)
    return makeContrast(latent: latent, using: &generator).parameterCount
  }
}

/// The settings of a contrast of a registered kind.
public struct RegisteredContrast: Hashable, Encodable, Sendable {
  public let settings: any ContrastSettings

  public init(_ settings: any ContrastSettings) { self.settings = settings }

  public static func == (one: Self, other: Self) -> Bool {
    one.settings.isEqual(to: other.settings)
  }
  public func hash(into hasher: inout Hasher) { settings.hash(into: &hasher) }
  public func encode(to encoder: any Encoder) throws {
    try encodeKind(type(of: settings).kind, with: settings, to: encoder)
  }
}

extension ContrastConfiguration {
  static let registry = KindRegistry<any ContrastSettings.Type>(
    "a contrast", builtIn: Kind.allCases.map(\.rawValue))

  /// Lets every configuration that is read from now on name a kind of contrast of one's own.
  ///
  /// - Parameter settings: Its settings; registering the same type again changes nothing.
  /// - Precondition: ``ContrastSettings/kind`` is no kind of this library and of no other registered type.
  public static func register(_ settings: (some ContrastSettings).Type) {
    registry.register(settings, named: settings.kind, type: settings)
  }
}
