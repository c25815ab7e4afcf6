import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct NumPyArchiveTests {
  private let folder = TemporaryFolder()

  /// An archive of the arrays `a` and `b`, as bytes.
  private func archive() throws -> [UInt8] {
    try NumPyArchive.write([("a", NDArray([2], [1, 2])), ("b", NDArray([1], [3]))], to: folder("x.npz"))
    return try folder.bytes(of: "x.npz")
  }

  /// The error of reading every array of an archive.
  private func problem(_ bytes: [UInt8]) -> String {
    errorText {
      let archive = try NumPyArchive(parsing: bytes, source: "x.npz")
      for name in archive.names { _ = try archive.array(named: name) }
    }
  }

  /// Where `signature` first stands in `bytes`.
  private func place(_ signature: [UInt8], in bytes: [UInt8]) throws -> Int {
    try #require(bytes.indices.first { bytes[$0...].starts(with: signature) })
  }

  @Test func everyChangedByteIsAnErrorOrMakesNoDifference() throws {
    let bytes = try archive()
    let whole = try NumPyArchive(parsing: bytes, source: "x.npz")
    for place in bytes.indices {
      for mask: UInt8 in [0x01, 0x80, 0xFF] {
        var changed = bytes
        changed[place] ^= mask
        guard let archive = try? NumPyArchive(parsing: changed, source: "x.npz") else { continue }
        for name in archive.names {
          guard let array = try? archive.array(named: name), whole.names.contains(name) else { continue }
          #expect(array.elements == (try whole.array(named: name)).elements, "byte \(place)")
        }
      }
    }
  }

  @Test func everyTruncationIsAnError() throws {
    let bytes = try archive()
    for count in 0..<bytes.count { #expect(problem(Array(bytes.prefix(count))).hasPrefix("x.npz: ")) }
  }

  @Test func whatIsWrongIsNamed() throws {
    let bytes = try archive()
    let (directory, end) = (try place([0x50, 0x4B, 1, 2], in: bytes), try place([0x50, 0x4B, 5, 6], in: bytes))
    func changed(_ changes: (Int, [UInt8])...) -> String {
      var copy = bytes
      for (place, new) in changes { copy.replaceSubrange(place..<place + new.count, with: new) }
      return problem(copy)
    }
    #expect(problem([]) == "x.npz: is not a zip archive: it has no end record")
    #expect(problem(NumPyArray.encode(NDArray(scalar: 1))) == "x.npz: is not a zip archive: it has no end record")
    #expect(
      changed((end + 10, [0xFE, 0xFF])) == "x.npz: is not a zip archive: its directory of 65534 members does not fit")
    #expect(
      changed((end + 16, [0xFF, 0xFF, 0xFF, 0x7F]))
        == "x.npz: is not a zip archive: its directory of 2 members does not fit")
    #expect(
      changed((directory, [0])) == "x.npz: is not a zip archive: its directory is damaged at byte \(directory)")
    #expect(changed((directory + 28, [0xFF, 0xFF])) == "x.npz: ends inside its directory")
    #expect(changed((directory + 46, [0xFF])) == "x.npz: the name of a member is not UTF-8")
    #expect(changed((directory + 46, Array("b".utf8))) == "x.npz: array 'b' appears twice")
    #expect(changed((directory + 8, [1])) == "x.npz: 'a': is encrypted")
    #expect(changed((directory + 10, [12])) == "x.npz: 'a': compression method 12 is not supported")
    #expect(changed((directory + 42, [1])) == "x.npz: 'a': its header is damaged")
    #expect(changed((directory + 20, [0, 0, 0, 0x40])) == "x.npz: 'a': reaches past the end")
    #expect(changed((directory + 24, [1])) == "x.npz: 'a': holds 136 bytes, the directory says 1")
    #expect(changed((directory + 16, [0, 0, 0, 0])) == "x.npz: 'a': its CRC-32 checksum does not match")
    #expect(
      errorText { _ = try NumPyArchive(parsing: bytes, source: "x.npz").array(named: "c") }
        == "x.npz: has no array 'c'")
  }

  /// What a member claims to hold is bounded by what its bytes can hold, and decompression by what it claims.
  @Test func bombsAreStopped() throws {
    let bytes = try archive()
    let directory = try place([0x50, 0x4B, 1, 2], in: bytes)
    var claim = bytes
    claim[directory + 10] = 8
    claim.replaceSubrange(directory + 24..<directory + 28, with: [0, 0, 0, 0x40])
    #expect(problem(claim) == "x.npz: 'a': cannot hold 1073741824 bytes in 136 compressed ones")

    // 300 zeros deflated into 7 bytes, in a member that claims to hold 4.
    var more = bytes
    more[directory + 10] = 8
    more.replaceSubrange(directory + 24..<directory + 28, with: [4, 0, 0, 0])
    let data = 30 + "a.npy".utf8.count
    more.replaceSubrange(data..<data + 7, with: [0x63, 0x60, 0x18, 0x05, 0xC4, 0x02, 0x00])
    #expect(problem(more) == "x.npz: 'a': holds more than the expected 4 bytes")

    // The same, with more bytes behind the compressed ones than there should be.
    more.replaceSubrange(directory + 24..<directory + 28, with: [0x2C, 1, 0, 0])
    #expect(problem(more) == "x.npz: 'a': 129 bytes follow the compressed ones")
  }

  @Test func sizesOf64BitsAreRead() throws {
    var bytes = try archive()
    let directory = try place([0x50, 0x4B, 1, 2], in: bytes)
    // The sizes move to an extra field of 20 bytes after the name; the end record knows the directory's new length.
    let sizes = Array(bytes[directory + 24..<directory + 28]) + [0, 0, 0, 0]
    bytes.insert(contentsOf: [1, 0, 16, 0] + sizes + sizes, at: directory + 46 + 5)
    bytes[directory + 30] = 20
    bytes.replaceSubrange(directory + 20..<directory + 28, with: [UInt8](repeating: 0xFF, count: 8))
    #expect(try NumPyArchive(parsing: bytes, source: "x").array(named: "a").elements == [1, 2])
    bytes[directory + 46 + 5 + 2] = 8
    #expect(problem(bytes).hasPrefix("x.npz: the 64-bit sizes of member 'a.npy' are damaged"))
  }

  @Test func arraysWithTheSameNameStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      try NumPyArchive.write([("a", NDArray(scalar: 1)), ("a", NDArray(scalar: 2))], to: "/nowhere")
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("NumPyArchive.write: a name appears twice"))
  }
}
