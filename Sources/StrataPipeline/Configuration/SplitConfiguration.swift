import StrataDiagnosis
public import StrataTelemetry

/// What a model learns from, what its loss is measured on meanwhile, and what is held out.
///
/// ```yaml
/// split: {embargo: 64, validation: 0.2}                            # by: time, unless something else is said
/// split: {by: run, validation: [night-3], test: [night-4]}         # names of runs
/// split: {by: entity, validation: [c0/host2], test: [c0/host3]}    # what lies inside goes with them
/// split: {by: corpus}                                              # as the manifest of a corpus says
/// ```
public enum SplitConfiguration: Hashable, Sendable {
  /// Every run in time: training, validation (the share of training time at its end), test. So many samples are left out
  /// in between, at least a window.
  case time(embargo: Int, validation: Double)
  /// Whole runs, by name; whatever is not named is for training.
  case run(validation: Set<String>, test: Set<String>)
  /// Whole entities of all runs; whatever is not named, nor inside of what is named, is for training.
  case entity(validation: Set<EntityPath>, test: Set<EntityPath>)
  /// As the manifest of a corpus says, so that what it holds out (faults, topologies, hardware) stays held out.
  case corpus

  private enum Kind: String, CaseIterable { case time, run, entity, corpus }

  /// Reads the mapping of a split.
  ///
  /// - Parameters:
  ///   - node: The mapping.
  ///   - window: Samples per window.
  /// - Throws: `ConfigurationError` with file and line, also when something is named for validation and for test.
  init(_ node: ConfigurationNode, window: Int) throws(ConfigurationError) {
    switch try node.choice("by", default: Kind.time) {
    case .time:
      let embargo = try node.int("embargo", in: 0...)
      guard embargo >= window else {
        throw node.error("'embargo' (\(embargo)) is shorter than a window (\(window))", at: "embargo")
      }
      self = .time(embargo: embargo, validation: try node.double("validation", in: 0.01...0.9))
    case .run:
      let (validation, test) = try Self.names(node) { name, _ in name }
      self = .run(validation: validation, test: test)
    case .entity:
      let (validation, test) = try Self.names(node) { name, element throws(ConfigurationError) in
        guard let entity = EntityPath(parsing: name) else {
          throw element.error("'\(element.path)' must be the path of an entity, found '\(name)'")
        }
        return entity
      }
      self = .entity(validation: validation, test: test)
    case .corpus: self = .corpus
    }
  }

  /// What is named for validation and for test.
  private static func names<Name: Hashable>(
    _ node: ConfigurationNode, _ read: (String, ConfigurationNode) throws(ConfigurationError) -> Name
  ) throws(ConfigurationError) -> (validation: Set<Name>, test: Set<Name>) {
    var validation: Set<Name> = []
    for element in try node.optionalNodes("validation") { validation.insert(try read(element.stringValue(), element)) }
    var test: Set<Name> = []
    for element in try node.optionalNodes("test") {
      let name = try read(element.stringValue(), element)
      guard !validation.contains(name) else { throw element.error("'\(name)' is named for validation and for test") }
      test.insert(name)
    }
    return (validation, test)
  }
}

extension SplitConfiguration {
  /// Divides runs that are in memory.
  ///
  /// - Throws: `WindowError` when nothing is left for training, a name is that of no run or entity, or only a corpus says
  ///   how to divide.
  func divide(_ runs: [Run]) throws(WindowError) -> DataSplits {
    switch self {
    case .time(let embargo, let validation):
      return try .byTime(runs, embargo: embargo, validationFraction: validation)
    case .run(let validation, let test): return try .byRun(runs, validation: validation, test: test)
    case .entity(let validation, let test): return try .byEntity(runs, validation: validation, test: test)
    case .corpus:
      throw WindowError("'split.by' is corpus, and there is no manifest of a corpus: give the folder of a corpus")
    }
  }

  /// What a detector may be fitted to: the clean time of runs, without runs and entities that are held out for test.
  ///
  /// - Parameter runs: The runs that were divided.
  public func cleanTime(of runs: [Run]) -> [Run] {
    switch self {
    case .time, .corpus: runs.map(\.cleanTime)
    case .run(_, let test): runs.filter { !test.contains($0.name) }.map(\.cleanTime)
    case .entity(_, let test):
      runs.map { run in
        run.cleanTime.selecting { entity in
          !test.contains(entity) && !test.contains { entity.isDescendant(of: $0) }
        }
      }
    }
  }
}
