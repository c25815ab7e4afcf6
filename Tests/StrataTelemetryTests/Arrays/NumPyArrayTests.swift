import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct NumPyArrayTests {
  /// A file of version 1.0 with a header and four bytes per number.
  private func file(
    _ header: String, data: [UInt8] = [], version: [UInt8] = [1, 0], length: Int? = nil
  ) -> [UInt8] {
    let count = length ?? header.utf8.count
    let size = (0..<(version[0] == 1 ? 2 : 4)).map { UInt8(count >> (8 * $0) & 0xFF) }
    return [0x93] + Array("NUMPY".utf8) + version + size + Array(header.utf8) + data
  }

  private func problem(_ bytes: [UInt8]) -> String {
    errorText { _ = try NumPyArray.parse(bytes, source: "x.npy") }
  }

  @Test func readsWhatItEncodes() throws {
    for shape: Shape in [[], [1], [3], [2, 3], [2, 0], [1, 2, 3, 4]] {
      let array = NDArray(shape, (0..<shape.elementCount).map { Float($0) * 0.1 })
      let bytes = NumPyArray.encode(array)
      #expect((bytes.count - 4 * array.count) % 64 == 0)
      let read = try NumPyArray.parse(bytes, source: "x")
      #expect(read.shape == shape && read.elements == array.elements)
    }
  }

  @Test func acceptsTheHeadersThatPythonAccepts() throws {
    let data: [UInt8] = [0, 0, 128, 63, 0, 0, 0, 64]
    for header in [
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n",
      "{'shape':(2L,),'descr':\"=f4\",'fortran_order':True}",
      " { 'descr' : '<f4' , 'fortran_order' : False , 'shape' : ( 2 , ) } ",
      "{\"descr\": \"|f4\", \"fortran_order\": False, \"shape\": (2)}",
    ] {
      #expect(try NumPyArray.parse(file(header, data: data), source: "x").elements == [1, 2], "\(header)")
    }
  }

  @Test func wideNumbersAreRoundedOnce() throws {
    let header = "{'descr': '<u8', 'fortran_order': False, 'shape': (2,), }"
    let data = [16_777_217, UInt64.max].flatMap { value in (0..<8).map { UInt8(value >> (8 * UInt64($0)) & 0xFF) } }
    #expect(try NumPyArray.parse(file(header, data: data), source: "x").elements == [16_777_216, 0x1p64])
  }

  @Test(arguments: [
    (
      "{'descr': '<f2', 'fortran_order': False, 'shape': (2,)}",
      "header byte 15: element type '<f2' is not supported, expected b1, i1 to i8, u1 to u8, f4 or f8"
    ),
    (
      "{'descr': '|O', 'fortran_order': False, 'shape': (2,)}",
      "header byte 14: element type '|O' is not supported, expected b1, i1 to i8, u1 to u8, f4 or f8"
    ),
    (
      "{'descr': '', 'fortran_order': False, 'shape': (2,)}",
      "header byte 12: element type '' is not supported, expected b1, i1 to i8, u1 to u8, f4 or f8"
    ),
    (
      "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}",
      "header byte 10: records are not supported, expected one number per element"
    ),
    ("{'descr': '<f4', 'fortran_order': false, 'shape': (2,)}", "header byte 34: expected True or False"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}", "header byte 51: expected an extent below 2^63"),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775808,)}",
      "header byte 70: expected an extent below 2^63"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}",
      "shape [4611686018427387904, 4] has more elements than can be counted"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4, 0)}",
      "shape [4611686018427387904, 4, 0] has more elements than can be counted"
    ),
    (
      "{'descr': '<f4', 'fortran_order': True, 'shape': (0, 4611686018427387904, 4)}",
      "shape [0, 4611686018427387904, 4] has more elements than can be counted"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,)}",
      "0 bytes follow the header, shape [1000000000000] takes 4000000000000"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False}",
      "header byte 40: one of 'descr', 'fortran_order' and 'shape' is missing"
    ),
    ("{'descr': '<f4', 'descr': '<f4'}", "header byte 25: key 'descr' is not expected"),
    ("{'other': 1}", "header byte 9: key 'other' is not expected"),
    ("{'descr': '<f4'", "header byte 15: expected '}'"),
    ("{'descr': '<f4", "header byte 14: the string has no end"),
    ("{'de\\'scr': '<f4'}", "header byte 4: an escape is not expected"),
    ("{'descr' '<f4'}", "header byte 9: expected ':'"),
    ("[]", "header byte 0: expected '{'"),
    ("", "header byte 0: expected '{'"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': ()} x", "header byte 54: text follows the dictionary"),
    (
      "{'shape': (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)}",
      "header byte 107: more than 32 dimensions"
    ),
  ])
  func aWrongHeaderIsReported(header: String, expected: String) {
    #expect(problem(file(header)) == "x.npy: \(expected)")
  }

  @Test func wrongFramingIsReported() {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}"
    let notAFile = "x.npy: is not a .npy file: it does not begin with \\x93NUMPY and a version"
    #expect(problem([]) == notAFile)
    #expect(problem(Array("PK\u{3}\u{4}          ".utf8)) == notAFile)
    #expect(
      problem(file(header, version: [4, 0])) == "x.npy: has version 4.0, 1.0, 2.0 and 3.0 are supported")
    #expect(problem(file(header, length: 60)) == "x.npy: ends inside the header")
    #expect(
      problem(file(header, version: [2, 0], length: 1 << 20))
        == "x.npy: has a header of 1048576 bytes, 65536 are allowed")
    #expect(problem(Array(file(header, version: [2, 0]).prefix(11))) == "x.npy: ends inside the header")
    #expect(problem(file(header, data: [1, 2, 3])) == "x.npy: 3 bytes follow the header, shape [1] takes 4")
    #expect(
      problem(file(header, data: [1, 2, 3, 4, 5])) == "x.npy: 5 bytes follow the header, shape [1] takes 4")
  }

  @Test func aFileThatCannotBeReadOrWrittenIsReported() {
    let folder = TemporaryFolder()
    #expect(
      errorText { _ = try NumPyArray.read(folder("none.npy")) }
        == "\(folder("none.npy")): cannot be opened: No such file or directory")
    #expect(errorText { _ = try NumPyArray.read(folder.path) } == "\(folder.path): is not a regular file")
    #expect(
      errorText { try NumPyArray.write(NDArray(scalar: 1), to: folder("none/x.npy")) }
        == "\(folder("none/x.npy")): cannot be created: No such file or directory")
  }
}
