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
    try requireParameters(arrays.map { ($0.name, $0.array.shape) }, from: source)
    let values = Dictionary(arrays.map { ($0.name, $0.array) }) { _, last in last }
    forEachParameter { name, parameter in parameter = Tensor(values[name]!) }
  }

  /// Throws unless `found` are the parameters of the module, in any order.
  func requireParameters(_ found: [(name: String, shape: Shape)], from source: String) throws(WeightError) {
    let current = namedArrays()
    let shapes = Dictionary(uniqueKeysWithValues: current.map { ($0.name, $0.array.shape) })
    for (name, shape) in found {
      guard let expected = shapes[name] else {
        let closest = Spelling.closest(to: name, among: current.map(\.name))
        throw .unexpected(name: name, closest: closest, source: source)
      }
      guard shape == expected else {
        throw .wrongShape(name: name, found: shape, expected: expected, source: source)
      }
    }
    let names = Set(found.map(\.name))
    if let absent = current.first(where: { !names.contains($0.name) }) {
      throw .missing(name: absent.name, source: source)
    }
  }
}
