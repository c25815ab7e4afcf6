import StrataTensor

/// How windows are cut.
public struct WindowSpecification: Hashable, Codable, Sendable {
  /// Samples per window.
  public var length: Int
  /// Samples between the ends of successive windows of an entity.
  public var stride: Int
  /// Whether windows carry the peer-relative view next to the values.
  public var peers: Bool

  /// - Precondition: `length` and `stride` are positive.
  public init(length: Int, stride: Int, peers: Bool = false) {
    require(length > 0 && stride > 0, "WindowSpecification: length \(length) and stride \(stride) must be positive")
    (self.length, self.stride, self.peers) = (length, stride, peers)
  }

  /// The ends (exclusive) of the windows of a region, in order.
  ///
  /// Windows end inside `samples` and lie inside `context`. The first is the earliest that fits; the last one ends with
  /// the region, also when the stride does not lead there, so that every sample that can be covered is covered.
  func ends(in samples: Range<Int>, context: Range<Int>) -> [Int] {
    let first = max(samples.lowerBound + 1, context.lowerBound + length)
    guard first <= samples.upperBound else { return [] }
    var ends = Array(Swift.stride(from: first, through: samples.upperBound, by: stride))
    if ends.last != samples.upperBound { ends.append(samples.upperBound) }
    return ends
  }
}

/// Why windows could not be cut or standardised.
public struct WindowError: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}
