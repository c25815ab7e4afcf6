import CZlib
public import StrataTensor

/// Named arrays in NumPy's `.npz` format: a zip archive of `.npy` files, stored or deflated.
///
/// Opening reads the directory; an array is decompressed when it is asked for, into exactly the size that the directory
/// states and the data can have.
public struct NumPyArchive: Sendable {
  /// The names of the arrays, without `.npy`, in the order of the archive.
  public let names: [String]

  private let source: String
  private let bytes: [UInt8]
  private let members: [String: ZipDirectory.Member]

  /// No run of DEFLATE grows by more than this.
  private static let largestRatio = 1032

  /// Opens a `.npz` file.
  public init(contentsOf path: String) throws(TelemetryFileError) {
    try self.init(parsing: contents(ofFile: path), source: path)
  }

  /// Opens the bytes of a `.npz` file; errors call it `source`.
  public init(parsing bytes: [UInt8], source: String) throws(TelemetryFileError) {
    let result: Result<ZipDirectory, ZipDirectory.Failure> = bytes.withUnsafeBytes { bytes in
      Result { () throws(ZipDirectory.Failure) in try ZipDirectory(parsing: bytes) }
    }
    let directory: ZipDirectory
    do { directory = try result.get() } catch { throw TelemetryFileError(error.problem, source: source) }
    var names: [String] = []
    var members: [String: ZipDirectory.Member] = [:]
    for member in directory.members where member.name.hasSuffix(".npy") {
      let name = String(member.name.dropLast(4))
      guard members.updateValue(member, forKey: name) == nil else {
        throw TelemetryFileError("array \(shown(name)) appears twice", source: source)
      }
      names.append(name)
    }
    (self.names, self.members, self.bytes, self.source) = (names, members, bytes, source)
  }

  /// Reads one array.
  ///
  /// - Throws: When there is no such array, or it is damaged, encrypted or compressed in another way than DEFLATE.
  public func array(named name: String) throws(TelemetryFileError) -> NDArray {
    guard let member = members[name] else { throw TelemetryFileError("has no array \(shown(name))", source: source) }
    let place = "\(source): \(shown(name))"
    let result: Result<[UInt8], ZipDirectory.Failure> = bytes.withUnsafeBytes { bytes in
      Result { () throws(ZipDirectory.Failure) in try Self.extract(member, in: bytes) }
    }
    do { return try NumPyArray.parse(result.get(), source: place) } catch let error as ZipDirectory.Failure {
      throw TelemetryFileError(error.problem, source: place)
    } catch let error as TelemetryFileError {
      throw error
    } catch {
      fatalError("NumPyArchive: an error of another type: \(error)")
    }
  }

  private static func extract(
    _ member: ZipDirectory.Member, in bytes: UnsafeRawBufferPointer
  ) throws(ZipDirectory.Failure) -> [UInt8] {
    guard !member.isEncrypted else { throw ZipDirectory.Failure(problem: "is encrypted") }
    let stored = try ZipDirectory.stored(member, in: bytes)
    let contents: [UInt8]
    switch member.method {
    case 0: contents = Array(stored)
    case 8:
      guard member.size / largestRatio <= stored.count else {
        throw ZipDirectory.Failure(problem: "cannot hold \(member.size) bytes in \(stored.count) compressed ones")
      }
      do { contents = try Deflate.decompress(stored, framing: .none, limit: member.size) } catch {
        throw ZipDirectory.Failure(problem: error.problem)
      }
    default: throw ZipDirectory.Failure(problem: "compression method \(member.method) is not supported")
    }
    guard contents.count == member.size else {
      throw ZipDirectory.Failure(problem: "holds \(contents.count) bytes, the directory says \(member.size)")
    }
    guard contents.withUnsafeBytes({ checksum($0, after: 0) }) == member.checksum else {
      throw ZipDirectory.Failure(problem: "its CRC-32 checksum does not match")
    }
    return contents
  }

  /// The CRC-32 of bytes that follow others.
  static func checksum(_ bytes: UnsafeRawBufferPointer, after previous: UInt32) -> UInt32 {
    guard let start = bytes.baseAddress else { return previous }
    return UInt32(crc32_z(UInt(previous), start.assumingMemoryBound(to: UInt8.self), bytes.count))
  }
}
