import StrataTelemetry
import StrataTensor

/// The entities of one role in one cluster, scored sample by sample.
///
/// However the samples are cut into pieces, the scores have the same bits.
protocol RoleStream: Sendable {
  var channels: [ChannelReference] { get }
  /// Who is followed, in the order in which rows come.
  var members: [EntityPath] { get }
  /// Whether the member had clean time of its own.
  var isKnown: [Bool] { get }

  /// Follows another entity from here on.
  mutating func add(_ member: EntityPath)

  /// Takes the next samples of every member.
  ///
  /// - Parameter rows: Shape `[time, member, channel]`, NaN where missing; counters as rates.
  mutating func push(_ rows: UnsafeBufferPointer<Float>, count: Int) -> RoleScores

  /// What the stream remembers.
  var state: RoleState { get }

  /// Goes on from what a stream of the same model with the same members remembered.
  ///
  /// - Returns: Whether the state fits.
  mutating func restore(_ state: RoleState) -> Bool
}

extension RoleStream {
  /// How many numbers a sample of all members has.
  var cellCount: Int { members.count * channels.count }
}

/// What a stream says about some samples.
struct RoleScores: Sendable {
  /// Per sample and member.
  var scores: [Float] = []
  /// Per sample, member and channel: how much it stands out among peers, or from the time just before where there are
  /// none.
  var own: [Float] = []
  /// Per sample and channel: how much all members stand out together.
  var common: [Float] = []
}

/// What a stream remembers of the past, in the form of a file.
struct RoleState: Sendable {
  var arrays: [String: [Float]] = [:]
  var counts: [String: [Int]] = [:]
}
