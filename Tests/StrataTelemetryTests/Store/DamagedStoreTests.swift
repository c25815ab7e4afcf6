import Foundation
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

/// Damage to chunks: an error that names the chunk, and the rest stays readable.
@Suite struct DamagedStoreTests {
  private let folder = TemporaryFolder()
  private let run = sampleRun()
  private let chunk = "run.zarr/physical/values/c.1.0.0"

  init() throws { try RunStore.write(run, to: folder("run.zarr"), chunkLength: 4) }

  /// The error of reading the samples of the chunk, without the folder of the test.
  private func problem() throws -> String {
    let store = try RunStore(opening: folder("run.zarr"))
    do { _ = try store.read(samples: 4..<8) } catch {
      return error.description.replacingOccurrences(of: folder(""), with: "")
    }
    return "nothing"
  }

  private func damaged(_ problem: String) -> String {
    "\(chunk): damaged, \(problem); restore the file from a copy, or do without 4..<8 of the first axis"
  }

  @Test func aChangedByteIsFoundWhereverItIs() throws {
    let bytes = try folder.bytes(of: chunk)
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= 0x10
      try folder.write(changed, to: chunk)
      expectEqual(try problem(), damaged("its CRC-32C checksum does not match"))
    }
  }

  @Test func aTruncatedChunkIsFound() throws {
    let bytes = try folder.bytes(of: chunk)
    for count in [0, 3] {
      try folder.write(Array(bytes.prefix(count)), to: chunk)
      expectEqual(try problem(), damaged("is too short for its checksum"))
    }
    for count in [4, 5, bytes.count - 1] {
      try folder.write(Array(bytes.prefix(count)), to: chunk)
      #expect(try problem().hasPrefix("\(chunk): damaged, "))
    }
  }

  @Test func theRestStaysReadable() throws {
    try folder.write([1, 2, 3, 4, 5], to: chunk)
    let store = try RunStore(opening: folder("run.zarr"))
    #expect(areEqual(try store.read(samples: 0..<4), run.selecting(samples: 0..<4)))
    #expect(areEqual(try store.read(samples: 8..<10), run.selecting(samples: 8..<10)))
    #expect(throws: RunStoreError.self) { try store.read(samples: 7..<9) }
    #expect(throws: RunStoreError.self) { try store.contentHash() }

    var reported: [RunStoreError] = []
    let rest = try store.read { reported.append($0) }
    #expect(reported.map(\.place) == [folder(chunk)])
    #expect(try store.damage() == reported)
    let (found, whole) = (try #require(rest[.physical]), try #require(run[.physical]))
    #expect(bits(found.values.rows(0..<4)) == bits(whole.values.rows(0..<4)))
    #expect(found.values.rows(4..<8).elements.allSatisfy { $0.isNaN })
    #expect(bits(found.values.rows(8..<10)) == bits(whole.values.rows(8..<10)))
  }

  @Test func aLayerWithDamagedMetadataCanBeLeftOut() throws {
    try folder.write(Array("{".utf8), to: "run.zarr/physical/values/zarr.json")
    #expect(
      errorText { _ = try RunStore(opening: folder("run.zarr")) }
        == "\(folder("run.zarr/physical/values/zarr.json")): not valid JSON, or a number out of range; "
        + "write the store again, or correct the file")
    let rest = try RunStore(opening: folder("run.zarr"), layers: [.compute]).read()
    #expect(rest.layers.map(\.layer) == [.compute])
    #expect(bits(rest.layers[0].values) == bits(try #require(run[.compute]).values))
  }

  @Test func anAbsentChunkIsMissingTelemetry() throws {
    try FileManager.default.removeItem(atPath: folder(chunk))
    let store = try RunStore(opening: folder("run.zarr"))
    #expect(try #require(store.read()[.physical]).values.rows(4..<8).elements.allSatisfy { $0.isNaN })
    #expect(try store.damage() == [])
  }

  @Test func anOversizedChunkIsNotRead() throws {
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: folder(chunk)))
    try file.truncate(atOffset: 1 << 40)
    expectEqual(
      try problem(),
      "\(chunk): takes 1099511627776 bytes, its contents can need 1223 at most; "
        + "restore the file from a copy")
  }

  /// Zstandard frames of a gibibyte of zeros in 32 KiB, with and without the size in the header.
  @Test(arguments: [
    ([0x00, 0x58], "zstd: Destination buffer is too small"),
    ([0xC0, 0x58, 0, 0, 0, 0x40, 0, 0, 0, 0], "zstd: holds 1073741824 bytes, 192 at most are expected"),
  ])
  func aZstandardBombIsStoppedAtTheExpectedSize(header: [UInt8], message: String) throws {
    var bomb: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD] + header
    for block in 0..<8192 {
      // A block of one byte repeated 128 KiB times; the lowest bit marks the last.
      let field = (128 << 10) << 3 | 1 << 1 | (block == 8191 ? 1 : 0)
      bomb += [UInt8(field & 0xFF), UInt8(field >> 8 & 0xFF), UInt8(field >> 16), 0]
    }
    try replaceCodecs(with: "zstd")
    try folder.write(bomb, to: chunk)
    expectEqual(
      try problem(),
      "\(chunk): takes \(bomb.count) bytes, its contents can need 1219 at most; "
        + "restore the file from a copy")
    try folder.write(Array(bomb.prefix(1219)), to: chunk)
    expectEqual(try problem(), damaged(message))
  }

  /// A thousand zeros in place of 192 bytes.
  @Test func aGzipBombIsStoppedAtTheExpectedSize() throws {
    let bomb: [UInt8] = [
      0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x63, 0x60, 0x18, 0x05, 0xa3, 0x60,
      0x14, 0x0c, 0x77, 0x00, 0x00, 0x80, 0x17, 0x0b, 0x06, 0xe8, 0x03, 0x00, 0x00,
    ]
    try replaceCodecs(with: "gzip")
    try folder.write(bomb, to: chunk)
    expectEqual(try problem(), damaged("holds more than the expected 192 bytes"))
  }

  @Test func compressedBytesThatAreNotAreReported() throws {
    try replaceCodecs(with: "gzip")
    try folder.write(Array("not gzip".utf8), to: chunk)
    expectEqual(try problem(), damaged("deflate: incorrect header check"))
    try replaceCodecs(with: "zstd", instead: "gzip")
    try folder.write(Array("not zstandard at all".utf8), to: chunk)
    expectEqual(try problem(), damaged("zstd: Unknown frame descriptor"))
  }

  /// Makes the values of the physical layer say that they have one codec.
  private func replaceCodecs(with codec: String, instead old: String = "zstd") throws {
    let document = "run.zarr/physical/values/zarr.json"
    if old == "zstd" { try folder.edit(document, ",\n    {\n      \"name\" : \"crc32c\"\n    }", "") }
    try folder.edit(document, "\"name\" : \"\(old)\"", "\"name\" : \"\(codec)\"")
  }

  @Test func aSymbolicLinkIsNotFollowed() throws {
    try folder.write(try folder.bytes(of: chunk), to: "outside")
    try FileManager.default.removeItem(atPath: folder(chunk))
    try FileManager.default.createSymbolicLink(atPath: folder(chunk), withDestinationPath: "../../../outside")
    let message = "is a symbolic link, which could lead out of the store; copy the real file into the store"
    expectEqual(try problem(), "\(chunk): \(message)")

    try FileManager.default.moveItem(atPath: folder("run.zarr/physical"), toPath: folder("elsewhere"))
    try FileManager.default.createSymbolicLink(
      atPath: folder("run.zarr/physical"), withDestinationPath: folder("elsewhere"))
    let error = errorText { _ = try RunStore(opening: folder("run.zarr")) }
    #expect(error == "\(folder("run.zarr/physical")): \(message)")
  }

  @Test func aPipeInPlaceOfAChunkDoesNotWait() throws {
    try FileManager.default.removeItem(atPath: folder(chunk))
    #expect(mkfifo(folder(chunk), 0o600) == 0)
    expectEqual(try problem(), "\(chunk): is not a regular file; restore the file from a copy")
  }

  @Test func aFolderInPlaceOfAChunkIsReported() throws {
    try FileManager.default.removeItem(atPath: folder(chunk))
    try FileManager.default.createDirectory(atPath: folder(chunk), withIntermediateDirectories: false)
    expectEqual(try problem(), "\(chunk): is not a regular file; restore the file from a copy")
  }
}
