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

/// Shows on standard error how far a long simulation is: one line that is rewritten on a terminal, a line per tenth
/// elsewhere. Short ones show nothing.
struct SimulationDisplay {
  private enum Style { case silent, lines, json, terminal }

  private let style: Style
  private let clock = ContinuousClock()
  private let begin: ContinuousClock.Instant
  private var shownTenths = 0
  private var isLineOpen = false

  /// How long a simulation takes before it is worth a word.
  private static let patience = Duration.seconds(3)

  init(_ logs: LogOptions) {
    begin = clock.now
    style =
      logs.quiet
      ? .silent
      : logs.logFormat == .json
        ? .json
        : isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb" ? .terminal : .lines
  }

  mutating func show(_ progress: SimulationProgress) {
    show(part: Double(progress.sample) / Double(progress.sampleCount)) { seconds in
      let pace = Int((Double(progress.sample) / max(seconds, 1e-9)).rounded())
      return "sample \(progress.sample)/\(progress.sampleCount)  \(pace) samples/s"
    }
  }

  mutating func show(_ progress: CorpusWriter.Progress) {
    let own = progress.part.map { Double($0.sample) / Double($0.sampleCount) } ?? 1
    show(part: (Double(progress.index) + own) / Double(progress.count)) { _ in
      "\(progress.run), run \(progress.index + 1)/\(progress.count)"
    }
  }

  private mutating func show(part: Double, _ text: (_ seconds: Double) -> String) {
    let elapsed = clock.now - begin
    guard elapsed >= Self.patience, part < 1, part > 0 else { return }
    let seconds = elapsed / .seconds(1)
    let line = text(seconds) + "  \(Int(part * 100)) %  ETA \(TimeText.duration(seconds / part * (1 - part)))"
    switch style {
    case .silent: break
    case .terminal:
      Console.writeError("\r\u{1B}[K" + line)
      isLineOpen = true
    case .lines, .json:
      guard Int(part * 10) > shownTenths else { return }
      shownTenths = Int(part * 10)
      Console.writeError(style == .json ? JSONText.line(["level": "info", "message": line]) + "\n" : line + "\n")
    }
  }

  /// Removes the line that was being rewritten.
  mutating func finish() {
    if isLineOpen { Console.writeError("\r\u{1B}[K") }
    isLineOpen = false
  }
}
