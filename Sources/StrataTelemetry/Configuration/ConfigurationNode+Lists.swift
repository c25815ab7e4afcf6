extension ConfigurationNode {
  /// The whole numbers of the list at `key`.
  public func ints(_ key: String, in range: some RangeExpression<Int> = Int.min...Int.max) throws(ConfigurationError)
    -> [Int]
  {
    try mapElements(key) { element throws(ConfigurationError) in try element.intValue(in: range) }
  }

  /// The finite numbers of the list at `key`.
  public func floats(
    _ key: String, in range: some RangeExpression<Float> = -Float.infinity...Float.infinity
  ) throws(ConfigurationError) -> [Float] {
    try mapElements(key) { element throws(ConfigurationError) in try element.floatValue(in: range) }
  }

  /// The finite numbers of the list at `key`, in double precision.
  public func doubles(
    _ key: String, in range: some RangeExpression<Double> = -Double.infinity...Double.infinity
  ) throws(ConfigurationError) -> [Double] {
    try mapElements(key) { element throws(ConfigurationError) in try element.doubleValue(in: range) }
  }

  /// The texts of the list at `key`.
  public func strings(_ key: String) throws(ConfigurationError) -> [String] {
    try mapElements(key) { element throws(ConfigurationError) in try element.stringValue() }
  }

  /// The cases of `type` in the list at `key`; naming one twice is an error.
  public func choices<Choice: CaseIterable & RawRepresentable<String>>(
    _ key: String, _ type: Choice.Type = Choice.self
  ) throws(ConfigurationError) -> [Choice] {
    var names: Set<String> = []
    return try mapElements(key) { element throws(ConfigurationError) in
      let choice = try element.choiceValue(type)
      guard names.insert(choice.rawValue).inserted else {
        throw element.error("'\(element.path)' repeats '\(choice.rawValue)'")
      }
      return choice
    }
  }

  /// Every entry of the mapping at `key`, for mappings whose keys are names and not settings.
  public func entries(_ key: String) throws(ConfigurationError) -> [(key: String, value: ConfigurationNode)] {
    let mapping = try node(key)
    guard case .mapping = mapping.tree.content else { throw mapping.wrongType("a mapping") }
    var result: [(key: String, value: ConfigurationNode)] = []
    for name in mapping.keys { result.append((name, try mapping.node(name))) }
    return result
  }

  private func mapElements<Element>(
    _ key: String, _ read: (ConfigurationNode) throws(ConfigurationError) -> Element
  ) throws(ConfigurationError) -> [Element] {
    var result: [Element] = []
    for element in try nodes(key) { result.append(try read(element)) }
    return result
  }
}
