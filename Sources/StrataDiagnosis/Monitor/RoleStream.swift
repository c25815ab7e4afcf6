public import StrataTelemetry

/// The entities of one role in one cluster, scored sample by sample.
///
/// However the samples are cut into pieces, the scores have the same bits.
public protocol RoleStream: Sendable {
  /// What is watched: the channels of a row.
  var channels: [ChannelReference] { get }
  /// Who is followed, in the order in which rows come.
  var members: [EntityPath] { get }
  /// Whether the member had clean time of its own.
  var isKnown: [Bool] { get }

  /// Follows another entity from here on.
  mutating func add(_ member: EntityPath)

  /// Takes the next samples of every member.
  ///
  /// - Parameters:
  ///   - rows: Shape `[time, member, channel]`, NaN where missing; counters as rates.
  ///   - count: How many samples.
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
public struct RoleScores: Sendable {
  /// Shape `[time, member]`: higher is more anomalous. None is NaN.
  public var scores: [Float]
  /// Shape `[time, member, channel]`, none below zero: how much each channel stands out among peers, or from the time just
  /// before where there are none.
  public var own: [Float]
  /// Shape `[time, channel]`, none below zero: how much all members stand out together.
  public var common: [Float]

  /// - Precondition: The shapes agree with those of the stream.
  public init(scores: [Float] = [], own: [Float] = [], common: [Float] = []) {
    (self.scores, self.own, self.common) = (scores, own, common)
  }
}

/// What a stream remembers of the past, in the form of a file.
public struct RoleState: Sendable {
  /// Numbers, by name.
  public var arrays: [String: [Float]]
  /// Whole numbers, by name.
  public var counts: [String: [Int]]

  /// A memory of these numbers.
  public init(arrays: [String: [Float]] = [:], counts: [String: [Int]] = [:]) {
    (self.arrays, self.counts) = (arrays, counts)
  }
}
