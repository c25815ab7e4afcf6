import StrataTensor

/// The members of a zip archive, as its central directory lists them.
///
/// Reference: PKWARE, "APPNOTE.TXT: .ZIP File Format Specification", 6.3.
struct ZipDirectory {
  struct Member: Equatable {
    var name: String
    var method: UInt16
    var checksum: UInt32
    var compressedSize: Int
    var size: Int
    var headerOffset: Int
    var isEncrypted: Bool
  }

  /// Why an archive could not be understood.
  struct Failure: Error { let problem: String }

  private(set) var members: [Member] = []

  init(parsing bytes: UnsafeRawBufferPointer) throws(Failure) {
    let end = try Self.endRecord(bytes)
    var place = end.offset
    for _ in 0..<end.count {
      guard bytes.matches(0x0201_4B50, at: place), bytes.holds(46, at: place) else {
        throw Failure(problem: "is not a zip archive: its directory is damaged at byte \(place)")
      }
      let nameLength = bytes.uint16(place + 28), extraLength = bytes.uint16(place + 30)
      let length = 46 + nameLength + extraLength + bytes.uint16(place + 32)
      guard bytes.holds(length, at: place) else { throw Failure(problem: "ends inside its directory") }
      let name = bytes[place + 46..<place + 46 + nameLength]
      guard let name = String(validating: name, as: UTF8.self) else {
        throw Failure(problem: "the name of a member is not UTF-8")
      }
      var member = Member(
        name: name, method: UInt16(bytes.uint16(place + 10)), checksum: UInt32(bytes.uint32(place + 16)),
        compressedSize: bytes.uint32(place + 20), size: bytes.uint32(place + 24),
        headerOffset: bytes.uint32(place + 42), isEncrypted: bytes.uint16(place + 8) & 1 == 1)
      let extra = place + 46 + nameLength
      try member.widen(from: UnsafeRawBufferPointer(rebasing: bytes[extra..<extra + extraLength]))
      members.append(member)
      place += length
    }
  }

  /// The stored bytes of a member.
  static func stored(_ member: Member, in bytes: UnsafeRawBufferPointer) throws(Failure) -> UnsafeRawBufferPointer {
    let header = member.headerOffset
    guard bytes.holds(30, at: header), bytes.matches(0x0403_4B50, at: header) else {
      throw Failure(problem: "its header is damaged")
    }
    let start = header + 30 + bytes.uint16(header + 26) + bytes.uint16(header + 28)
    guard bytes.holds(member.compressedSize, at: start) else { throw Failure(problem: "reaches past the end") }
    return UnsafeRawBufferPointer(rebasing: bytes[start..<start + member.compressedSize])
  }

  /// Finds where the directory begins and how many members it lists.
  private static func endRecord(_ bytes: UnsafeRawBufferPointer) throws(Failure) -> (offset: Int, count: Int) {
    // The record is 22 bytes and a comment of at most 65535, which ends the file.
    var place = bytes.count - 22
    while place >= max(0, bytes.count - 22 - 65535) {
      if bytes.matches(0x0605_4B50, at: place), bytes.uint16(place + 20) == bytes.count - place - 22 { break }
      place -= 1
    }
    guard place >= max(0, bytes.count - 22 - 65535) else {
      throw Failure(problem: "is not a zip archive: it has no end record")
    }
    var (offset, count) = (bytes.uint32(place + 16), bytes.uint16(place + 10))
    let locator = place - 20
    if offset == 0xFFFF_FFFF || count == 0xFFFF, bytes.holds(20, at: locator), bytes.matches(0x0706_4B50, at: locator) {
      guard let record = bytes.uint64(locator + 8), bytes.holds(56, at: record), bytes.matches(0x0606_4B50, at: record),
        let wideCount = bytes.uint64(record + 32), let wideOffset = bytes.uint64(record + 48)
      else { throw Failure(problem: "is not a zip archive: its 64-bit end record is damaged") }
      (offset, count) = (wideOffset, wideCount)
    }
    // Every member takes 46 bytes or more, so the count is bounded by the size of the file.
    guard offset <= place, count <= (place - offset) / 46 else {
      throw Failure(problem: "is not a zip archive: its directory of \(count) members does not fit")
    }
    return (offset, count)
  }
}

extension ZipDirectory.Member {
  /// Takes the sizes that have no place in 32 bits from the extra field.
  fileprivate mutating func widen(from extra: UnsafeRawBufferPointer) throws(ZipDirectory.Failure) {
    var place = 0
    while extra.holds(4, at: place) {
      let (tag, length) = (extra.uint16(place), extra.uint16(place + 2))
      place += 4
      guard extra.holds(length, at: place) else { break }
      if tag == 1 {
        var field = place
        for path in [\Self.size, \Self.compressedSize, \Self.headerOffset] where self[keyPath: path] == 0xFFFF_FFFF {
          guard field + 8 <= place + length, let value = extra.uint64(field) else {
            throw ZipDirectory.Failure(problem: "the 64-bit sizes of member \(shown(name)) are damaged")
          }
          self[keyPath: path] = value
          field += 8
        }
      }
      place += length
    }
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func holds(_ length: Int, at place: Int) -> Bool {
    place >= 0 && length >= 0 && place <= count && length <= count - place
  }

  fileprivate func matches(_ signature: UInt32, at place: Int) -> Bool {
    holds(4, at: place) && uint32(place) == Int(signature)
  }

  fileprivate func uint16(_ place: Int) -> Int {
    Int(UInt16(littleEndian: loadUnaligned(fromByteOffset: place, as: UInt16.self)))
  }

  fileprivate func uint32(_ place: Int) -> Int {
    Int(UInt32(littleEndian: loadUnaligned(fromByteOffset: place, as: UInt32.self)))
  }

  /// Nil when the number has no place in an integer.
  fileprivate func uint64(_ place: Int) -> Int? {
    Int(exactly: UInt64(littleEndian: loadUnaligned(fromByteOffset: place, as: UInt64.self)))
  }
}
