import StrataTelemetry
public import StrataTensor

extension Module {
  /// Every parameter with its name, in the order in which the module visits them.
  public func namedArrays() -> [(name: String, array: NDArray)] {
    var copy = self
    var result: [(name: String, array: NDArray)] = []
    copy.forEachParameter { name, parameter in result.append((name, parameter.value)) }
    return result
  }

  /// Replaces every parameter.
  ///
  /// - Parameters:
  ///   - arrays: One array per parameter, in any order.
  ///   - source: What errors call the origin of the arrays.
  /// - Throws: ``WeightError`` when an array is missing, unexpected or of another shape; the module is then unchanged.
  public mutating func load(_ arrays: [(name: String, array: NDArray)], from source: String) throws(WeightError) {
    let current = namedArrays()
    let shapes = Dictionary(uniqueKeysWithValues: current.map { ($0.name, $0.array.shape) })
    var values: [String: NDArray] = [:]
    for (name, array) in arrays {
      guard let expected = shapes[name] else {
        let closest = Suggestion.closest(to: name, among: current.map(\.name))
        throw .unexpected(name: name, closest: closest, source: source)
      }
      guard array.shape == expected else {
        throw .wrongShape(name: name, found: array.shape, expected: expected, source: source)
      }
      values[name] = array
    }
    if let absent = current.first(where: { values[$0.name] == nil }) {
      throw .missing(name: absent.name, source: source)
    }
    forEachParameter { name, parameter in parameter = Tensor(values[name]!) }
  }
}
