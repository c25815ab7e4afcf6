import Strata

extension TrainingSession.Start {
  /// Reads `auto`, `never` or a path.
  init(resume text: String) {
    switch text {
    case "auto": self = .newestCheckpoint
    case "never": self = .beginning
    default: self = .checkpoints(in: text)
    }
  }
}
