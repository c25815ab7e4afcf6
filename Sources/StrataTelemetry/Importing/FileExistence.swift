#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Whether there is a file or a folder at `path`.
func fileExists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
