/// Where a training begins.
enum ResumeChoice: Equatable {
  /// The newest checkpoint in the run folder, if there is one.
  case auto
  /// The beginning, in a folder without checkpoints.
  case never
  /// The newest checkpoint in another run folder, or in a folder of checkpoints.
  case folder(String)

  init(_ text: String) {
    switch text {
    case "auto": self = .auto
    case "never": self = .never
    default: self = .folder(text)
    }
  }
}
