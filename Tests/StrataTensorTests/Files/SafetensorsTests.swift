import Foundation
import StrataTensor
import TestSupport
import Testing

@Suite struct SafetensorsTests {
  private let folder = TemporaryFolder()

  private func path() -> String { folder("\(UUID().uuidString).safetensors") }

  /// A file with the given header text and that many bytes of data.
  private func file(_ header: String, data: Int = 0, length: UInt64? = nil) throws -> String {
    let path = path()
    var bytes = withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { Data($0) }
    bytes += Data(header.utf8) + Data(count: data)
    try bytes.write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test func readsWhatTheReferenceWrites() throws {
    let goldens = try Goldens("safetensors", in: .module)
    let path = path()
    try Data(base64Encoded: goldens.text("base64", of: "file"))!.write(to: URL(fileURLWithPath: path))
    let file = try SafetensorsFile(contentsOf: path)
    #expect(file.metadata == ["format": "pt", "note": "line\nbreak"])
    #expect(Set(file.names) == Set(goldens.cases["values"]!.keys).union(["whole"]))
    for name in goldens.cases["values"]!.keys {
      let expected = goldens.array(name, of: "values")
      expectClose(try file.array(named: name), expected, relative: 0, absolute: 0, name)
      #expect(file.shape(of: name) == expected.shape)
    }
    #expect(file.shape(of: "absent") == nil)
    #expect(throws: SafetensorsError.self) { try file.array(named: "absent") }
    let error = #expect(throws: SafetensorsError.self) { try file.array(named: "whole") }
    #expect(error?.description == "\(path): tensor 'whole': its type I64 is not a floating-point one")
  }

  @Test func whatIsWrittenIsReadBack() throws {
    let path = path()
    var generator = Generator(seed: 4)
    let arrays = [
      ("a.weight", generator.normalArray([3, 70_001])), ("empty", NDArray([0, 4], [])), ("scalar", NDArray([], [-0.0])),
      ("quo\"te\\ \n\u{1}é😀", NDArray([2], [.infinity, .leastNonzeroMagnitude])),
    ]
    let metadata = ["epoch": "3", "note": "tab\t\"x\""]
    try SafetensorsFile.write(arrays, metadata: metadata, to: path)
    let file = try SafetensorsFile(contentsOf: path)
    #expect(file.metadata == metadata && Set(file.names) == Set(arrays.map(\.0)))
    for (name, array) in arrays {
      let read = try file.array(named: name)
      #expect(read.shape == array.shape && read.elements.map(\.bitPattern) == array.elements.map(\.bitPattern))
    }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) } % 8 == 0)
    try SafetensorsFile.write([], to: path)
    #expect(try SafetensorsFile(contentsOf: path).names.isEmpty)
  }

  /// Every name is found by itself: loading all arrays looks at each once.
  @Test func manyArraysAreFoundByName() throws {
    let path = path(), count = 30_000
    let arrays = (0..<count).map { ("layer.\($0)", NDArray([1], [Float($0)])) }
    try SafetensorsFile.write(arrays, to: path)
    let file = try SafetensorsFile(contentsOf: path)
    #expect(file.names.count == count)
    var wrong = 0
    for (name, array) in arrays {
      let read = try file.array(named: name)
      if read.elements != array.elements || file.shape(of: name) != array.shape { wrong += 1 }
    }
    #expect(wrong == 0)
  }

  @Test func aFailedWriteLeavesTheOldFileAndNothingElse() throws {
    let path = path()
    try SafetensorsFile.write([("x", NDArray([1], [1]))], to: path)
    let twice = [("x", NDArray([1], [2])), ("x", NDArray([1], [3]))]
    let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile.write(twice, to: path) }
    #expect(error?.description == "\(path): tensor 'x': the name occurs twice")
    let reserved = #expect(throws: SafetensorsError.self) {
      try SafetensorsFile.write([("__metadata__", NDArray([1], [2]))], to: path)
    }
    #expect(reserved?.problem == "the name is reserved")
    #expect(try SafetensorsFile(contentsOf: path).array(named: "x").elements == [1])
    let absent = #expect(throws: SafetensorsError.self) { try SafetensorsFile.write([], to: "/nonexistent/folder/x") }
    #expect(absent?.description == "/nonexistent/folder/x: cannot be created: No such file or directory")
    struct Stop: Error {}
    #expect(throws: Stop.self) { try writeAtomically(to: path) { append in throw Stop() } }
    #expect(try SafetensorsFile(contentsOf: path).array(named: "x").elements == [1])
    #expect(folder.names() == [URL(filePath: path).lastPathComponent])
  }

  @Test(arguments: [
    (#"[]"#, 0, "the header does not begin with '{'"),
    (#" {}"#, 0, "the header does not begin with '{'"),
    (#"{"#, 0, #"header byte 1: expected '"'"#),
    (#"{} x"#, 0, "header byte 3: expected the end"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#, 4, "header byte 53: expected '}'"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},}"#, 4, #"header byte 54: expected '"'"#),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 8,
      "the tensors take 4 bytes, the file holds 8 after its header"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4,
      #"tensor 'a': F32 of shape [2] takes 8 bytes, the offsets span 4"#
    ),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8, #"tensor 'a': its bytes begin at 4, expected 0"#),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
      4,
      #"tensor 'b': its bytes begin at 0, expected 4"#
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      8,
      #"tensor 'a': the name occurs twice"#
    ),
    (#"{"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}"#, 4, #"tensor 'a': unknown type 'F99'"#),
    (#"{"a":{"dtype":"F32","shape":[1]}}"#, 4, #"tensor 'a': one of 'dtype', 'shape' and 'data_offsets' is missing"#),
    (
      #"{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 4,
      #"tensor 'a': key 'dtype' occurs twice"#
    ),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":"y"}}"#, 4, #"tensor 'a': unknown key 'x'"#),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4,
      #"tensor 'a': 'data_offsets' is not a begin and an end"#
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, 4,
      #"tensor 'a': 'data_offsets' is not a begin and an end"#
    ),
    (
      #"{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,4]}}"#, 4,
      #"tensor 'a': shape [4611686018427387904] is too large"#
    ),
    (
      #"{"a":{"dtype":"F32","shape":[0,4611686018427387904,4],"data_offsets":[0,0]}}"#, 0,
      #"tensor 'a': shape [0, 4611686018427387904, 4] is too large"#
    ),
    (
      #"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}"#, 4,
      "header byte 47: the number is too large"
    ),
    (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4, "header byte 29: expected a non-negative integer"),
    (#"{"a":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}"#, 4, "header byte 31: the number has a leading zero"),
    (#"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#, 4, "header byte 30: expected ']'"),
    (#"{"__metadata__":{"k":"v","k":"w"}}"#, 0, #"metadata key 'k' occurs twice"#),
    (#"{"__metadata__":{"k":1}}"#, 0, #"metadata key 'k' is not a text"#),
    (#"{"__metadata__":{"epoch": null}}"#, 0, #"metadata key 'epoch' is not a text"#),
    (#"{"__metadata__":"k"}"#, 0, "header byte 16: expected '{'"),
    (#"{"__metadata__":{"k":"\x"}}"#, 0, "header byte 24: an unknown escape"),
    (#"{"__metadata__":{"k":"\ud800"}}"#, 0, "header byte 28: half of a surrogate pair"),
    (#"{"__metadata__":{"k":"\ud800\u0041"}}"#, 0, "header byte 34: half of a surrogate pair"),
    (#"{"__metadata__":{"k":"\u00zz"}}"#, 0, "header byte 24: expected four hexadecimal digits"),
    ("{\"\u{1}\":{}}", 0, "header byte 3: a control character in a string"),
    (#"{"a"#, 0, "header byte 3: the string has no end"),
  ])
  func damagedHeadersAreRefusedWithTheirPlace(header: String, data: Int, problem: String) throws {
    let path = try file(header, data: data)
    let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: path) }
    #expect(error?.description == "\(path): \(problem)")
  }

  @Test func metadataMayBeNull() throws {
    let file = try SafetensorsFile(
      contentsOf: file(#"{"__metadata__": null, "a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, data: 4))
    #expect(file.metadata.isEmpty && file.names == ["a"])
  }

  @Test func linksAreKeptAndTheirTargetsWritten() throws {
    let (path, link) = (path(), folder("link"))
    try SafetensorsFile.write([("x", NDArray([1], [1]))], to: path)
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    try SafetensorsFile.write([("x", NDArray([1], [2]))], to: link)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
    #expect(try SafetensorsFile(contentsOf: path).array(named: "x").elements == [2])
  }

  @Test func devicesAndPipesAreNotReplaced() throws {
    let pipe = path()
    try #require(mkfifo(pipe, 0o600) == 0)
    try FileManager.default.createSymbolicLink(atPath: folder("link"), withDestinationPath: pipe)
    for path in [pipe, folder("link")] {
      let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile.write([], to: path) }
      #expect(error?.description == "\(path): is not a regular file")
    }
    #expect(folder.names().count == 2)
  }

  @Test func lengthsBeyondTheFileAreRefused() throws {
    for length in [3, 1 << 40, UInt64.max] {
      let path = try file("{}", length: length)
      let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: path) }
      #expect(
        error?.problem == "the header's length, \(length) bytes, is beyond the file's 10 or the limit of 100000000")
    }
    let short = path()
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: short))
    #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: short) }
    let absent = #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: "/nonexistent") }
    #expect(absent?.description == "/nonexistent: cannot be opened: No such file or directory")
    let folder = #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: "/") }
    #expect(folder?.description == "/: is not a regular file")
    // Nobody writes to the pipe: a reader that waited would never return.
    let pipe = path()
    try #require(mkfifo(pipe, 0o600) == 0)
    let piped = #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: pipe) }
    #expect(piped?.description == "\(pipe): is not a regular file")
  }

  /// Names come from outside: control characters and length must not reach a terminal.
  @Test func hostileNamesAreShownEscapedAndShort() throws {
    let name = "\\u001b[31m" + String(repeating: "x", count: 200)
    let path = try file("{\"\(name)\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]}}", data: 8)
    let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: path) }
    let text = try #require(error?.description)
    #expect(!text.contains("\u{1b}") && text.count < path.count + 200 && text.contains("…"))
  }

  /// Every way of cutting a file short, and every single damaged byte of its header, is an error or a valid file.
  @Test func truncatedAndDamagedFilesNeverCrash() throws {
    let good = path()
    try SafetensorsFile.write(
      [("a", NDArray([2], [1, 2])), ("b", NDArray([1, 1], [3]))], metadata: ["k": "v"], to: good)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: good))
    let bad = path()
    for count in 0..<bytes.count {
      try bytes.prefix(count).write(to: URL(fileURLWithPath: bad))
      #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: bad) }
    }
    for place in 0..<bytes.count - 12 {
      for change: UInt8 in [0x01, 0x80, 0x10] {
        var damaged = bytes
        damaged[place] ^= change
        try damaged.write(to: URL(fileURLWithPath: bad))
        if let file = try? SafetensorsFile(contentsOf: bad) {
          for name in file.names { _ = try? file.array(named: name) }
        }
      }
    }
  }
}
