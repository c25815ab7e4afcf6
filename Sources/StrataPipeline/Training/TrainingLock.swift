import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Keeps two trainings out of one run folder: a file in it that names the process and is locked while it lives.
///
/// The operating system gives the lock up however the process ends, so a file that was left behind is no obstacle.
enum TrainingLock {
  static let fileName = ".lock"

  /// Runs `body` while no other process can train in the folder.
  ///
  /// - Throws: ``TrainingSessionError`` when it cannot be had, and what `body` throws.
  static func holding<Result>(_ folder: String, _ body: () throws -> Result) throws -> Result {
    let path = "\(folder)/\(fileName)"
    let descriptor = try acquire(path, of: folder)
    defer {
      unlink(path)
      close(descriptor)
    }
    return try body()
  }

  private static func acquire(_ path: String, of folder: String) throws -> Int32 {
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else {
        throw TrainingSessionError.cannotWrite(
          path: path, problem: "cannot be created: \(String(cString: strerror(errno)))")
      }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        defer { close(descriptor) }
        throw TrainingSessionError.inUse(path: folder, process: owner(descriptor))
      }
      // The owner before may have removed the file between opening and locking.
      var (held, named) = (stat(), stat())
      if fstat(descriptor, &held) == 0, stat(path, &named) == 0, held.st_ino == named.st_ino {
        ftruncate(descriptor, 0)
        // Without the name the lock is as good.
        let name = "\(getpid())\n"
        _ = pwrite(descriptor, name, name.utf8.count, 0)
        return descriptor
      }
      close(descriptor)
    }
  }

  /// The process that the file names.
  private static func owner(_ descriptor: Int32) -> Int? {
    var text = [UInt8](repeating: 0, count: 20)
    let count = pread(descriptor, &text, text.count, 0)
    return Int(String(decoding: text.prefix(max(count, 0)), as: UTF8.self).prefix { $0.isNumber })
  }
}
