public import StrataTensor

/// A loss and what it is made of.
public struct ObjectiveValue: Sendable {
  /// The weighted sum of the parts, with one element.
  public let total: Tensor
  /// The parts before they are weighted, in a fixed order; a part of one layer is called `part.layer` and follows the
  /// mean that it enters.
  public let parts: [(name: String, value: Float)]

  /// A loss whose parts were computed elsewhere.
  public init(total: Tensor, parts: [(name: String, value: Float)]) {
    (self.total, self.parts) = (total, parts)
  }
}
