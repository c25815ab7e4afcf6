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

/// What lies in a folder, at any depth.
public struct FolderContents {
  private let path: String

  public init(_ path: String) { self.path = path }

  /// The first file, in the order of names, that fits none of the patterns; folders alone do not count.
  ///
  /// - Parameter patterns: Paths inside the folder in which `*` stands for any part of one name (`*/zarr.json`).
  public func firstName(besides patterns: [String]) -> String? {
    // A link to a folder is listed by its own name and not followed.
    let inside = (try? FileManager.default.subpathsOfDirectory(atPath: "\(path)/")) ?? []
    return inside.sorted().first { name in
      var status = stat()
      guard lstat("\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT != S_IFDIR else { return false }
      return !patterns.contains { fnmatch($0, name, FNM_PATHNAME) == 0 }
    }
  }
}
