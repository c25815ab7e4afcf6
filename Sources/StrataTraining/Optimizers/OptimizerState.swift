public import StrataTensor

/// What an optimiser remembers: how many updates it made, and some arrays per parameter.
///
/// The arrays are created at the first update of their parameter. As named arrays they go through a checkpoint without
/// losing a bit.
public struct OptimizerState: Sendable {
  /// The number of updates made.
  public internal(set) var step = 0
  /// What each of the arrays of a parameter is called, in their order.
  public let slots: [String]
  /// The arrays of each parameter, in the order of `slots`, by the name of the parameter.
  var arrays: [String: [NDArray]] = [:]

  /// A state before the first update.
  public init(slots: [String]) { self.slots = slots }

  /// Every array under the name `slot/parameter`, in the order of the names.
  public func namedArrays() -> [(name: String, array: NDArray)] {
    let named = arrays.flatMap { parameter, arrays in
      zip(slots, arrays).map { (name: "\($0)/\(parameter)", array: $1) }
    }
    return named.sorted { $0.name < $1.name }
  }

  /// Takes over the state of an earlier process.
  ///
  /// - Parameters:
  ///   - step: The number of updates that state had seen.
  ///   - saved: What `namedArrays()` returned.
  ///   - parameters: Names and shapes of the parameters that will be updated.
  /// - Throws: `OptimizerStateError` unless `saved` holds exactly the arrays that those parameters need.
  public mutating func restore(
    step: Int, arrays saved: [(name: String, array: NDArray)], for parameters: [(name: String, shape: Shape)]
  ) throws(OptimizerStateError) {
    var remaining = Dictionary(saved.map { ($0.name, $0.array) }, uniquingKeysWith: { first, _ in first })
    var restored: [String: [NDArray]] = [:]
    if step > 0 {
      for (parameter, shape) in parameters {
        var arrays: [NDArray] = []
        for slot in slots {
          let name = "\(slot)/\(parameter)"
          guard let array = remaining.removeValue(forKey: name) else {
            throw OptimizerStateError(problem: "it has no array '\(name)'")
          }
          guard array.shape == shape else {
            throw OptimizerStateError(problem: "array '\(name)' has shape \(array.shape), expected \(shape)")
          }
          arrays.append(array)
        }
        restored[parameter] = arrays
      }
    }
    if let name = remaining.keys.min() { throw OptimizerStateError(problem: "array '\(name)' belongs to no parameter") }
    (self.step, self.arrays) = (step, restored)
  }
}

/// Why a saved optimiser state does not fit.
public struct OptimizerStateError: Error, Equatable, CustomStringConvertible {
  /// Which array is wrong, and how.
  public let problem: String
  public var description: String { "the optimiser state does not fit the model: \(problem)" }
}
