import ArgumentParser
import Logging

/// How a command speaks on standard error.
struct LogOptions: ParsableArguments {
  enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

  @Flag(name: [.customShort("q"), .long], help: "Say nothing but warnings and errors.") var quiet = false
  @Option(help: "How messages on standard error are written: for people, or one JSON object per line.")
  var logFormat = Format.text

  /// For failures before the arguments are known.
  static let fallback = LogOptions(quiet: false, logFormat: .text)

  init() {}

  private init(quiet: Bool, logFormat: Format) { (self.quiet, self.logFormat) = (quiet, logFormat) }

  func info(_ message: String) { logger.info("\(message)") }
  func warning(_ message: String) { logger.warning("\(message)") }
  func error(_ message: String) { logger.error("\(message)") }

  private var logger: Logger {
    Logger(label: "strata") { _ in StandardErrorHandler(format: logFormat, logLevel: quiet ? .warning : .info) }
  }
}

/// A command that logs.
protocol LoggingCommand: ParsableCommand {
  var logs: LogOptions { get }
}
