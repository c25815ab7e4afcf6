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

/// The two streams of the process.
enum Console {
  /// Writes results. Where nobody reads any more, the process ends as one that SIGPIPE ended; where the disk is full it
  /// says so.
  static func write(_ text: String) throws {
    let error = write(text, to: STDOUT_FILENO)
    if error == EPIPE { exit(128 + SIGPIPE) }
    guard error == 0 else {
      throw OutputFailure(path: "standard output", problem: "cannot be written: \(String(cString: strerror(error)))")
    }
  }

  /// Writes a value as JSON, its keys sorted.
  static func writeJSON(_ value: some Encodable) throws { try write(try JSONText.pretty(value) + "\n") }

  /// Writes messages; there is nobody to tell when that fails.
  static func writeError(_ text: String) { _ = write(text, to: STDERR_FILENO) }

  /// Whether results go to a person who wants colours.
  static var isColored: Bool { isColored(STDOUT_FILENO) }

  static func isColored(_ descriptor: Int32) -> Bool {
    isatty(descriptor) == 1 && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
      && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// Returns the error number, or zero.
  private static func write(_ text: String, to descriptor: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        #if canImport(Glibc)
          let count = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
        #elseif canImport(Musl)
          let count = Musl.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
        #else
          let count = Darwin.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
        #endif
        if count < 0 {
          if errno == EINTR { continue }
          return errno
        }
        done += count
      }
      return 0
    }
  }
}
