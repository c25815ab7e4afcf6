#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension ProgressRenderer.Style {
  /// The style for an open file: a bar where it is a terminal that can move its cursor, plain lines elsewhere.
  ///
  /// - Parameters:
  ///   - descriptor: The file that will be written, usually standard error.
  ///   - environment: `NO_COLOR` (not empty) switches colours off, `TERM=dumb` the bar.
  public static func detected(for descriptor: Int32, environment: [String: String]) -> Self {
    guard isatty(descriptor) == 1, environment["TERM"] != "dumb" else { return .plain(percent: 5) }
    var size = winsize()
    let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return .terminal(columns: isKnown ? Int(size.ws_col) : 80, isColored: (environment["NO_COLOR"] ?? "").isEmpty)
  }
}
