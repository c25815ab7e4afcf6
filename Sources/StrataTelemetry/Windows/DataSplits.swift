import StrataTensor

/// Telemetry divided into what may be learned from, what may be tuned on, and what is judged on.
public struct DataSplits: Sendable {
  public let training: TrainingSplit
  public let validation: ValidationSplit
  public let test: TestSplit

  /// Divides the time of every run: training, gap, validation, gap, test.
  ///
  /// Training time ends where the data set says so (`Run.split`), else after `trainingFraction` of the run. Validation is
  /// the last `validationFraction` of training time. `embargo` samples are left out after training and after validation,
  /// so that no window of one split touches a sample of an earlier one; the windows of a split may begin inside the gap
  /// before it, which is how the first samples of test time are scored too.
  ///
  /// - Parameters:
  ///   - embargo: In samples; `WindowSet` insists that it is at least the length of a window.
  ///   - validationFraction: Of training time, at least zero and below one; zero makes an empty validation split.
  ///   - trainingFraction: Of a run that does not say where training ends; above zero and at most one.
  ///   - runs: The runs, in order.
  /// - Throws: ``WindowError`` when nothing of a run's training time remains.
  /// - Precondition: The fractions and the embargo are in range.
  public static func byTime(
    _ runs: [Run], embargo: Int, validationFraction: Double = 0.2, trainingFraction: Double = 0.5
  ) throws(WindowError) -> DataSplits {
    require(embargo >= 0, "DataSplits.byTime: embargo \(embargo) is negative")
    require(
      validationFraction >= 0 && validationFraction < 1 && trainingFraction > 0 && trainingFraction <= 1,
      "DataSplits.byTime: fractions \(validationFraction) of training and \(trainingFraction) of a run are out of range"
    )
    var training: [SplitRegion] = []
    var validation: [SplitRegion] = []
    var test: [SplitRegion] = []
    for (index, run) in runs.enumerated() {
      let entities = run.entities
      func region(_ samples: Range<Int>, reachingBack distance: Int) -> SplitRegion {
        let context = max(0, samples.lowerBound - distance)..<samples.upperBound
        return SplitRegion(run: index, entities: entities, visible: entities, samples: samples, context: context)
      }
      let end = run.split?.trainingEnd ?? Int((Double(run.sampleCount) * trainingFraction).rounded())
      let (trainingEnd, validationLength) = parts(of: end, embargo: embargo, validationFraction)
      let validationEnd = end - embargo
      guard trainingEnd > 0 else {
        var enough = end
        while parts(of: enough, embargo: embargo, validationFraction).trainingEnd <= 0 { enough += 1 }
        throw WindowError(
          "run '\(run.name)': \(end) samples of training time leave nothing to train on after \(validationLength) for "
            + "validation and an embargo of \(embargo); \(enough) would do, a few thousand do well")
      }
      training.append(region(0..<trainingEnd, reachingBack: 0))
      if validationLength > 0 {
        validation.append(region(validationEnd - validationLength..<validationEnd, reachingBack: embargo))
      }
      if end < run.sampleCount { test.append(region(end..<run.sampleCount, reachingBack: embargo)) }
    }
    return DataSplits(
      training: TrainingSplit(runs: runs, regions: training, embargo: embargo),
      validation: ValidationSplit(runs: runs, regions: validation, embargo: embargo),
      test: TestSplit(runs: runs, regions: test, embargo: embargo))
  }

  /// Where training ends among the samples of training time, and how many of them are for validation.
  private static func parts(
    of samples: Int, embargo: Int, _ validationFraction: Double
  ) -> (trainingEnd: Int, validationLength: Int) {
    let length = Int((Double(samples) * validationFraction).rounded())
    return (samples - embargo - (length == 0 ? 0 : length + embargo), length)
  }

  /// Divides the entities: whatever is neither validation nor test is for training.
  ///
  /// Windows of training entities see peers among training entities only; validation sees those and its own; test sees
  /// all. An entity inside a chosen one (a GPU of a host) goes where that one goes.
  ///
  /// - Precondition: No entity is chosen twice.
  /// - Throws: ``WindowError`` when a chosen entity is in no run, or nothing is left for training.
  public static func byEntity(
    _ runs: [Run], validation: Set<EntityPath>, test: Set<EntityPath>
  ) throws(WindowError) -> DataSplits {
    let all = Set(runs.flatMap(\.entities))
    func belongs(_ entity: EntityPath, to chosen: Set<EntityPath>) -> Bool {
      chosen.contains(entity) || chosen.contains { entity.isDescendant(of: $0) }
    }
    for chosen in validation.union(test).sorted() where !all.contains(where: { belongs($0, to: [chosen]) }) {
      throw WindowError("no run has the entity '\(chosen)'")
    }
    var regions: [[SplitRegion]] = [[], [], []]
    for (index, run) in runs.enumerated() {
      let purposes = run.entities.map { entity in
        let isValidation = belongs(entity, to: validation)
        let isTest = belongs(entity, to: test)
        require(!(isValidation && isTest), "DataSplits.byEntity: '\(entity)' is chosen for validation and for test")
        return isTest ? 2 : isValidation ? 1 : 0
      }
      for purpose in 0..<3 where purposes.contains(purpose) {
        let members = zip(run.entities, purposes)
        regions[purpose].append(
          SplitRegion(
            run: index, entities: members.filter { $0.1 == purpose }.map(\.0),
            visible: members.filter { $0.1 <= purpose }.map(\.0), samples: 0..<run.sampleCount,
            context: 0..<run.sampleCount))
      }
    }
    return try make(runs, regions)
  }

  /// Divides the runs by name: whatever is neither validation nor test is for training.
  ///
  /// - Precondition: No run is chosen twice.
  /// - Throws: ``WindowError`` when a chosen name is no run's, or nothing is left for training.
  public static func byRun(
    _ runs: [Run], validation: Set<String>, test: Set<String>
  ) throws(WindowError) -> DataSplits {
    require(
      validation.isDisjoint(with: test),
      "DataSplits.byRun: \(validation.intersection(test).sorted()) are chosen for validation and for test")
    if let unknown = validation.union(test).subtracting(runs.map(\.name)).min() {
      throw WindowError("there is no run '\(unknown)'\(Suggestion.clause(for: unknown, among: runs.map(\.name)))")
    }
    var regions: [[SplitRegion]] = [[], [], []]
    for (index, run) in runs.enumerated() {
      let purpose = test.contains(run.name) ? 2 : validation.contains(run.name) ? 1 : 0
      regions[purpose].append(SplitRegion(everythingIn: runs, index))
    }
    return try make(runs, regions)
  }

  private static func make(_ runs: [Run], _ regions: [[SplitRegion]]) throws(WindowError) -> DataSplits {
    guard !regions[0].isEmpty else { throw WindowError("nothing is left for training") }
    return DataSplits(
      training: TrainingSplit(runs: runs, regions: regions[0], embargo: nil),
      validation: ValidationSplit(runs: runs, regions: regions[1], embargo: nil),
      test: TestSplit(runs: runs, regions: regions[2], embargo: nil))
  }
}
