#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Whether there is a file or a folder at `path`.
package func fileExists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

/// Whether what is at `path` gives the same bytes each time it is opened: no pipe, no terminal, no socket.
///
/// What does not exist passes, because opening it says more.
func isReadableTwice(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG || status.st_mode & S_IFMT == S_IFDIR
}
