import Logging

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes log messages to standard error: errors as `strata: …`, or everything as JSON.
struct StandardErrorHandler: LogHandler {
  let format: LogOptions.Format
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]

  init(format: LogOptions.Format, logLevel: Logger.Level) { (self.format, self.logLevel) = (format, logLevel) }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    switch format {
    case .text:
      let prefix =
        switch event.level {
        case .error, .critical: "strata: "
        case .warning: "strata: warning: "
        default: ""
        }
      Console.writeError(prefix + "\(event.message)\n")
    case .json:
      Console.writeError(JSONText.line(["level": "\(event.level)", "message": "\(event.message)"]) + "\n")
    }
  }
}
