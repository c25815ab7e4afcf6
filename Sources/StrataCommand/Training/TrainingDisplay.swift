import Strata

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Shows the events of a training on standard error, in the way that was asked for.
struct TrainingDisplay {
  private enum Style {
    case silent
    case json
    case text(ProgressRenderer)
  }

  private var style: Style
  private let showsFiles: Bool

  /// - Parameter showsFiles: Whether checkpoints are mentioned.
  init(_ logs: LogOptions, showsFiles: Bool) {
    self.showsFiles = showsFiles
    style =
      if logs.quiet { .silent } else if logs.logFormat == .json { .json } else {
        .text(
          ProgressRenderer(
            style: .detected(for: STDERR_FILENO, environment: ProcessInfo.processInfo.environment)))
      }
  }

  mutating func show(_ event: TrainingEvent) {
    if case .checkpointed = event, !showsFiles { return }
    switch style {
    case .silent: break
    case .json: Console.writeError(event.jsonLine + "\n")
    case .text(var renderer):
      let text = renderer.text(for: event)
      style = .text(renderer)
      if !text.isEmpty { Console.writeError(text) }
    }
  }
}
