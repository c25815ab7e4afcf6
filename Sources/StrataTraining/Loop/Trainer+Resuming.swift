extension Trainer {
  /// The state to go on from: that of the newest usable checkpoint, or the one before the first update.
  ///
  /// - Parameters:
  ///   - model: The model as it was before the first update.
  ///   - observe: Is told of checkpoints that cannot be used, and why.
  /// - Throws: `TrainingFileError` when the newest usable checkpoint was made with other data, another configuration or
  ///   another model: continuing would give a result that nobody asked for.
  public func resume(
    with model: Task.Model, observe: (TrainingEvent) throws -> Void = { _ in }
  ) throws -> TrainingState<Task.Model> {
    var state = start(with: model)
    guard let checkpoints else { return state }
    let search = Checkpoint.latest(in: checkpoints.path)
    for (name, reason) in search.ignored { try observe(.ignoredCheckpoint(name: name, reason: reason)) }
    guard let checkpoint = search.checkpoint else { return state }
    guard checkpoint.configuration == checkpoints.configuration else {
      let difference = SettingDifference(between: checkpoint.configuration, and: checkpoints.configuration)
      throw TrainingFileError(
        problem: "was made with another configuration"
          + (difference.map { ": '\($0.key)' is \($0.first) there and \($0.second) here" } ?? "")
          + "; give the same one, or choose another folder",
        path: checkpoint.path)
    }
    guard checkpoint.dataDigest == task.dataDigest else {
      throw TrainingFileError(
        problem: "was made with other data (\(checkpoint.dataDigest), here \(task.dataDigest)); give the same stores, "
          + "or choose another folder", path: checkpoint.path)
    }
    try checkpoint.restore(&state)
    return state
  }

  /// Throws when the folder holds a usable checkpoint of a later step: it would be taken for one of this training.
  func checkLaterCheckpoints(than step: Int) throws(TrainingFileError) {
    guard let checkpoints, let later = Checkpoint.latest(in: checkpoints.path).checkpoint, later.step > step else {
      return
    }
    throw TrainingFileError(
      problem: "is a checkpoint of step \(later.step), and training would begin at step \(step): resume, or choose "
        + "another folder", path: later.path)
  }
}
