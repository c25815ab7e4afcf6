extension ConfigurationNode {
  /// The whole number at `key`.
  ///
  /// - Throws: ``ConfigurationError`` when it is missing, not a whole number or outside `range`.
  public func int(_ key: String, in range: some RangeExpression<Int> = Int.min...Int.max) throws(ConfigurationError)
    -> Int
  {
    try node(key).intValue(in: range)
  }

  /// The whole number at `key`, or `fallback` when the key is absent.
  public func int(
    _ key: String, in range: some RangeExpression<Int> = Int.min...Int.max, default fallback: Int
  ) throws(ConfigurationError) -> Int {
    try optionalNode(key)?.intValue(in: range) ?? fallback
  }

  /// The finite number at `key`.
  ///
  /// - Throws: ``ConfigurationError`` when it is missing, not a finite number or outside `range`.
  public func float(
    _ key: String, in range: some RangeExpression<Float> = -Float.infinity...Float.infinity
  ) throws(ConfigurationError) -> Float {
    try node(key).floatValue(in: range)
  }

  /// The finite number at `key`, or `fallback` when the key is absent.
  public func float(
    _ key: String, in range: some RangeExpression<Float> = -Float.infinity...Float.infinity, default fallback: Float
  ) throws(ConfigurationError) -> Float {
    try optionalNode(key)?.floatValue(in: range) ?? fallback
  }

  /// The finite number at `key`, in double precision.
  public func double(
    _ key: String, in range: some RangeExpression<Double> = -Double.infinity...Double.infinity
  ) throws(ConfigurationError) -> Double {
    try node(key).doubleValue(in: range)
  }

  /// The finite number at `key` in double precision, or `fallback` when the key is absent.
  public func double(
    _ key: String, in range: some RangeExpression<Double> = -Double.infinity...Double.infinity, default fallback: Double
  ) throws(ConfigurationError) -> Double {
    try optionalNode(key)?.doubleValue(in: range) ?? fallback
  }

  /// The text at `key`; an unquoted number counts as its text.
  public func string(_ key: String) throws(ConfigurationError) -> String { try node(key).stringValue() }

  /// The text at `key`, or `fallback` when the key is absent.
  public func string(_ key: String, default fallback: String) throws(ConfigurationError) -> String {
    try optionalNode(key)?.stringValue() ?? fallback
  }

  /// The text at `key`, or `nil` when the key is absent.
  public func optionalString(_ key: String) throws(ConfigurationError) -> String? {
    try optionalNode(key)?.stringValue()
  }

  /// The truth value at `key`: `true` or `false`.
  public func bool(_ key: String) throws(ConfigurationError) -> Bool { try node(key).boolValue() }

  /// The truth value at `key`, or `fallback` when the key is absent.
  public func bool(_ key: String, default fallback: Bool) throws(ConfigurationError) -> Bool {
    try optionalNode(key)?.boolValue() ?? fallback
  }

  /// The case of `type` whose raw value stands at `key`.
  ///
  /// - Throws: ``ConfigurationError`` that lists the cases, with the one spelt most alike.
  public func choice<Choice: CaseIterable & RawRepresentable<String>>(
    _ key: String, _ type: Choice.Type = Choice.self
  ) throws(ConfigurationError) -> Choice {
    try node(key).choiceValue(type)
  }

  /// The case of `Choice` whose raw value stands at `key`, or `fallback` when the key is absent.
  public func choice<Choice: CaseIterable & RawRepresentable<String>>(
    _ key: String, default fallback: Choice
  ) throws(ConfigurationError) -> Choice {
    try optionalNode(key)?.choiceValue(Choice.self) ?? fallback
  }

  /// The one of `names` that stands at `key`, for choices that are known only when the program runs.
  ///
  /// - Throws: ``ConfigurationError`` that lists the names, with the one spelt most alike.
  public func choice(_ key: String, among names: [String]) throws(ConfigurationError) -> String {
    try node(key).choiceValue(among: names)
  }

  /// This value as a whole number.
  public func intValue(in range: some RangeExpression<Int> = Int.min...Int.max) throws(ConfigurationError) -> Int {
    try number(range, "a whole number") { Int($0) }
  }

  /// This value as a finite number.
  public func floatValue(
    in range: some RangeExpression<Float> = -Float.infinity...Float.infinity
  ) throws(ConfigurationError) -> Float {
    try number(range, "a number") { text in Float(text).flatMap { $0.isFinite ? $0 : nil } }
  }

  /// This value as a finite number in double precision.
  public func doubleValue(
    in range: some RangeExpression<Double> = -Double.infinity...Double.infinity
  ) throws(ConfigurationError) -> Double {
    try number(range, "a number") { text in Double(text).flatMap { $0.isFinite ? $0 : nil } }
  }

  /// This value as a text.
  public func stringValue() throws(ConfigurationError) -> String {
    guard case .scalar(let text, _) = tree.content, !tree.isEmpty else { throw wrongType("a text") }
    return text
  }

  /// This value as `true` or `false`.
  public func boolValue() throws(ConfigurationError) -> Bool {
    switch tree.content {
    case .scalar("true", isPlain: true): return true
    case .scalar("false", isPlain: true): return false
    default: throw wrongType("true or false")
    }
  }

  /// This value as a case of `type`.
  public func choiceValue<Choice: CaseIterable & RawRepresentable<String>>(
    _ type: Choice.Type = Choice.self
  ) throws(ConfigurationError) -> Choice {
    Choice(rawValue: try choiceValue(among: Choice.allCases.map(\.rawValue)))!
  }

  /// This value as one of `names`.
  private func choiceValue(among names: [String]) throws(ConfigurationError) -> String {
    guard case .scalar(let text, _) = tree.content, names.contains(text) else {
      let list = names.count > 1 ? names.dropLast().joined(separator: ", ") + " or " + names.last! : names.joined()
      var failure = wrongType(list)
      if case .scalar(let text, _) = tree.content {
        failure = ConfigurationError(failure.problem + Suggestion.clause(for: text, among: names), at: place)
      }
      throw failure
    }
    return text
  }

  private func number<Number: Comparable>(
    _ range: some RangeExpression<Number>, _ expected: String, _ parse: (String) -> Number?
  ) throws(ConfigurationError) -> Number {
    guard case .scalar(let text, isPlain: true) = tree.content, let number = parse(text) else {
      throw wrongType(expected)
    }
    guard range.contains(number) else { throw wrongType(bounds(of: range)) }
    return number
  }
}

extension RangeExpression where Self == PartialRangeFrom<Float> {
  /// Everything above zero.
  public static var positive: Self { Float.leastNonzeroMagnitude... }
}

extension RangeExpression where Self == PartialRangeFrom<Double> {
  /// Everything above zero.
  public static var positive: Self { Double.leastNonzeroMagnitude... }
}

/// "at least 1", "from 0 to 1": a range as an error message says it.
private func bounds<Bound: Comparable>(of range: some RangeExpression<Bound>) -> String {
  switch range {
  case let range as ClosedRange<Bound>: "from \(range.lowerBound) to \(range.upperBound)"
  case let range as Range<Bound>: "at least \(range.lowerBound) and below \(range.upperBound)"
  case let range as PartialRangeFrom<Bound>:
    isLeastPositive(range.lowerBound) ? "above 0" : "at least \(range.lowerBound)"
  case let range as PartialRangeThrough<Bound>: "at most \(range.upperBound)"
  case let range as PartialRangeUpTo<Bound>: "below \(range.upperBound)"
  default: "within \(range)"
  }
}

private func isLeastPositive(_ bound: some Comparable) -> Bool {
  bound as? Float == .leastNonzeroMagnitude || bound as? Double == .leastNonzeroMagnitude
}
