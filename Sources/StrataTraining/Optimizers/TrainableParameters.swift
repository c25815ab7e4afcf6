public import StrataTensor

/// A model of which only some parameters are trained.
///
/// It visits only those, so the others are not differentiated, not clipped, not decayed and have no optimiser state.
public struct TrainableParameters<Base: Module>: Module {
  /// The whole model.
  public var base: Base
  private let isTrained: @Sendable (_ name: String) -> Bool

  /// - Parameters:
  ///   - base: The whole model.
  ///   - isTrained: Whether the parameter of this name is trained.
  public init(of base: Base, where isTrained: @escaping @Sendable (_ name: String) -> Bool) {
    (self.base, self.isTrained) = (base, isTrained)
  }

  /// Freezes the parameters whose name starts with one of `prefixes`.
  public init(of base: Base, freezing prefixes: [String]) {
    self.init(of: base) { name in !prefixes.contains { name.hasPrefix($0) } }
  }

  public mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    let isTrained = isTrained
    try base.forEachParameter { name, parameter in
      if isTrained(name) { try visit(name, &parameter) }
    }
  }
}
