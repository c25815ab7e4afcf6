#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

extension String {
  /// The path without slashes at its end.
  package var withoutTrailingSlashes: String {
    var path = self
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }

  /// Where the path leads when its last name is a symbolic link, or a chain of them; the path itself otherwise.
  package var followingLinks: String {
    var path = self
    for _ in 0..<40 {
      var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
      guard readlink(path, &target, Int(PATH_MAX)) >= 0 else { return path }
      let name = String(decoding: target.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
      path = name.hasPrefix("/") ? name : folder + name
    }
    return path
  }
}
