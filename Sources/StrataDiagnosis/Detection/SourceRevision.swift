#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Finds the commit that a program was built from, while it still lies in its source tree.
public enum SourceRevision {
  /// The commit that is checked out around the running executable; `nil` outside a git repository.
  public static var current: String? {
    guard let executable = executablePath else { return nil }
    return commit(around: executable)
  }

  /// The commit that is checked out in the innermost repository around `path`.
  ///
  /// Reads the repository's files and starts no program. Changes that were not committed do not show.
  public static func commit(around path: String) -> String? {
    var folder = path
    while let slash = folder.lastIndex(of: "/") {
      folder = String(folder[..<slash])
      if let repository = repository(in: folder) { return head(of: repository) }
    }
    return nil
  }

  /// The repository's own folder and the one that it shares with its other working trees.
  private typealias Repository = (own: String, shared: String)

  private static func repository(in folder: String) -> Repository? {
    let path = "\(folder)/.git"
    var isFolder = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
    if isFolder { return (path, path) }
    guard let link = text(of: path), link.hasPrefix("gitdir: ") else { return nil }
    let own = absolute(String(link.dropFirst("gitdir: ".count)), in: folder)
    guard let shared = text(of: "\(own)/commondir") else { return (own, own) }
    return (own, absolute(shared, in: own))
  }

  private static func absolute(_ path: String, in folder: String) -> String {
    path.hasPrefix("/") ? path : "\(folder)/\(path)"
  }

  private static func head(of repository: Repository) -> String? {
    guard let head = text(of: "\(repository.own)/HEAD") else { return nil }
    guard head.hasPrefix("ref: ") else { return head }
    let name = String(head.dropFirst("ref: ".count))
    if let commit = text(of: "\(repository.shared)/\(name)") { return commit }
    let packed = text(of: "\(repository.shared)/packed-refs") ?? ""
    return packed.split(separator: "\n").first { $0.hasSuffix(" \(name)") }.map { String($0.prefix { $0 != " " }) }
  }

  private static func text(of path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    let text = String(decoding: data, as: UTF8.self)
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }

  private static var executablePath: String? {
    #if os(Linux)
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    #else
      CommandLine.arguments.first.map { URL(filePath: $0).standardizedFileURL.path }
    #endif
  }
}
