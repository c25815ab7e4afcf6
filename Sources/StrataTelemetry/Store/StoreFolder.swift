import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The folder into which a store is written.
struct StoreFolder {
  let path: String
  /// What errors call the folder.
  let destination: String
  /// Whether others may be reading: then every file is written aside and renamed.
  let isPublished: Bool

  /// What the name of a file ends in while it is written aside.
  static let asideSuffix = ".partial"

  /// Makes a folder in the folder.
  func createFolder(_ name: String) throws(FileError) {
    guard mkdir("\(path)/\(name)", 0o755) == 0 else { throw .last("\(destination)/\(name)", "created") }
  }

  /// Writes a file in the folder; in a published one it replaces the file of that name, in others there is none.
  func write(_ bytes: [UInt8], to name: String) throws(FileError) {
    let (file, place) = ("\(path)/\(name)", "\(destination)/\(name)")
    // A store has one writer, so that what lies under the name aside is what a killed writer left.
    let aside = isPublished ? file + Self.asideSuffix : file
    let descriptor = open(
      aside, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | (isPublished ? O_TRUNC : O_EXCL), 0o644)
    guard descriptor >= 0 else { throw .last(place, "created") }
    do throws(FileError) {
      defer { close(descriptor) }
      try bytes.withUnsafeBufferPointer { (bytes) throws(FileError) in
        try append(UnsafeRawBufferPointer(bytes), to: descriptor, place)
      }
    } catch {
      unlink(aside)
      throw error
    }
    guard isPublished else { return }
    guard rename(aside, file) == 0 else { throw .last(place, "replaced") }
  }
}
