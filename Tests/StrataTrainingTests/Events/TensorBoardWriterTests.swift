import Foundation
import StrataTraining
import TestSupport
import Testing

/// CRC-32C bit by bit, and its mask, as the format defines them.
private func maskedChecksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
  var sum: UInt32 = 0xFFFF_FFFF
  for byte in bytes {
    sum ^= UInt32(byte)
    for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0x82F6_3B78 : sum >> 1 }
  }
  sum = ~sum
  return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
}

/// The records of an event file, every checksum compared.
private func records(_ path: String) throws -> [[UInt8]] {
  var rest = try Array(Data(contentsOf: URL(filePath: path)))[...]
  func integer(_ count: Int) -> UInt64 {
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
  var records: [[UInt8]] = []
  while !rest.isEmpty {
    let lengthBytes = rest.prefix(8)
    let length = Int(integer(8))
    #expect(UInt32(integer(4)) == maskedChecksum(lengthBytes))
    let data = Array(rest.prefix(length))
    rest = rest.dropFirst(length)
    #expect(UInt32(integer(4)) == maskedChecksum(data))
    records.append(data)
  }
  return records
}

/// A field of a message: its number, and its value as an integer or as bytes.
private enum Value: Equatable { case integer(UInt64), bytes([UInt8]) }

private func fields(_ message: [UInt8]) -> [Int: [Value]] {
  var (rest, fields) = (message[...], [Int: [Value]]())
  func varint() -> UInt64 {
    var (value, shift) = (UInt64(0), UInt64(0))
    while let byte = rest.popFirst() {
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { break }
      shift += 7
    }
    return value
  }
  func fixed(_ count: Int) -> Value {
    defer { rest = rest.dropFirst(count) }
    return .integer(rest.prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) })
  }
  while !rest.isEmpty {
    let key = varint()
    let value: Value
    switch key & 7 {
    case 0: value = .integer(varint())
    case 1: value = fixed(8)
    case 5: value = fixed(4)
    default:
      let count = Int(varint())
      value = .bytes(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    fields[Int(key >> 3), default: []].append(value)
  }
  return fields
}

@Suite struct TensorBoardWriterTests {
  @Test func theChecksumIsThatOfTheFormat() {
    let published: UInt32 = 0xE306_9283
    let rotated = published >> 15 | published << 17
    #expect(maskedChecksum(Array("123456789".utf8)) == rotated &+ 0xA282_EAD8)
  }

  @Test func recordsReadBackAsTheyWereWritten() throws {
    try withTemporaryFolder { folder in
      let writer = try TensorBoardWriter(folder: folder)
      try writer.append([("loss", 1.5), ("learning_rate", 1e-3)], step: 300)
      try writer.append([("loss", -0.25)], step: 301)
      let records = try records(writer.path)
      #expect(records.count == 3)
      #expect(fields(records[0])[3] == [.bytes(Array("brain.Event:2".utf8))])
      let event = fields(records[1])
      #expect(event[2] == [.integer(300)])
      guard case .bytes(let summary)? = event[5]?.first else { return #expect(Bool(false), "no summary") }
      let values = (fields(summary)[1] ?? []).map { value -> [Int: [Value]] in
        if case .bytes(let bytes) = value { fields(bytes) } else { [:] }
      }
      #expect(values.map { $0[1] } == [[.bytes(Array("loss".utf8))], [.bytes(Array("learning_rate".utf8))]])
      #expect(
        values.map { $0[2] } == [
          [.integer(UInt64(Float(1.5).bitPattern))], [.integer(UInt64(Float(1e-3).bitPattern))],
        ])
    }
  }

  @Test func everyProcessHasAFileOfItsOwn() throws {
    try withTemporaryFolder { folder in
      let paths = try (0..<3).map { _ in try TensorBoardWriter(folder: folder).path }
      #expect(Set(paths).count == 3)
      #expect(paths.allSatisfy { $0.hasPrefix("\(folder)/events.out.tfevents.") })
    }
  }

  @Test func aFolderThatDoesNotExistIsNamed() {
    #expect(throws: TrainingFileError.self) { try TensorBoardWriter(folder: "/nonexistent") }
  }
}
