public import StrataTelemetry

/// What speaks for an incident: by how much each channel of each entity deviated while it lasted.
///
/// It is computed once, when the incident ends, and is what is shown, stored and judged.
public struct Evidence: Hashable, Codable, Sendable {
  /// A channel that deviated.
  public struct Channel: Hashable, Codable, Sendable {
    public let layer: TelemetryLayer
    public let name: String
    /// The mean over the samples of the incident: of surprises, which clean time exceeds with probability `exp(−s)`, where
    /// the role has peers in clean time; else of how many standard deviations further off than just before the channel is.
    public let contribution: Float
    /// By how much the contribution exceeds the lower quartile over the entities of the same role.
    public let excess: Float
    /// The first sample at which fewer than one in a hundred clean samples deviate as much; `nil` when there is none.
    public let onset: Int?
  }

  /// An entity that may be the cause.
  public struct Entity: Hashable, Codable, Sendable {
    public let entity: EntityPath
    public let role: String
    /// How far it differs from its peers: the mean over its largest groups of channels, none of which counts for more
    /// than the third largest channel.
    public let strength: Float
    /// Whether its own clean time was known; otherwise it was compared with that of its role.
    public let hasOwnBaseline: Bool
    /// Channels with the largest contributions, largest first.
    public let channels: [Channel]
  }

  /// What moved all entities of a role together.
  public struct Role: Hashable, Codable, Sendable {
    public let role: String
    public let strength: Float
    /// Largest first.
    public let channels: [Channel]
  }

  /// Entities by strength, strongest first; those that differ from nobody are left out.
  public let entities: [Entity]
  /// Roles by strength, strongest first.
  public let roles: [Role]

  /// How many entities, and how many channels of each, are kept.
  public static let limits = (entities: 64, channels: 12)
}
