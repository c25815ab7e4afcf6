import Foundation
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

/// What `read_arrays.py` prints.
private struct SeenArrays: Decodable {
  struct Seen: Decodable, Equatable {
    var shape: [Int]
    var bits: [UInt32]

    init(_ array: NDArray) { (shape, bits) = (array.shape.dimensions, array.elements.map(\.bitPattern)) }
  }
  let array: Seen
  let archive: [String: Seen]
}

private let shapes: [String: Shape] = [
  "scalar": [], "vector": [7], "matrix": [3, 5], "cube": [2, 3, 4], "empty": [0, 3], "deep": [1, 2, 1, 3, 1, 2],
]

/// The array that `write_arrays.py` makes of a shape, for a kind of number (`b`, `i`, `u` or `f`).
private func expected(_ shape: Shape, kind: Character) -> NDArray {
  NDArray(
    shape,
    (0..<shape.elementCount).map { index in
      switch kind {
      case "b": Float(index % 2)
      case "u": Float(index)
      case "i": Float(index - 3)
      default: Float(index - 3) / 8
      }
    })
}

extension PythonInteroperability {
  @Test func arraysWrittenWithNumPyAreRead() throws {
    _ = try runPython("write_arrays.py", folder.path)
    var count = 0
    for file in folder.names() where file.hasSuffix(".npy") {
      let parts = file.split(separator: "-")
      let array = try NumPyArray.read(folder(file))
      let wanted = expected(try #require(shapes[String(parts[0])]), kind: try #require(parts[1].first))
      #expect(array.shape == wanted.shape && array.elements == wanted.elements, "\(file)")
      count += 1
    }
    #expect(count == 11 * 2 * 2 * 6 + 3)
    for (file, extra) in [("stored.npz", []), ("deflated.npz", ["naïve/name"])] {
      let archive = try NumPyArchive(contentsOf: folder(file))
      #expect(archive.names == ["scalar", "vector", "matrix", "cube", "empty", "deep"] + extra)
      for name in archive.names {
        let array = try archive.array(named: name)
        let wanted = expected(shapes[name] ?? [2, 2], kind: "f")
        #expect(array.shape == wanted.shape && array.elements == wanted.elements, "\(file) \(name)")
      }
    }
    #expect(try NumPyArchive(contentsOf: folder("none.npz")).names == [])
  }

  @Test func numPyReadsTheArraysThatAreWritten() throws {
    var generator = Generator(seed: 5)
    let arrays: [(String, NDArray)] = [
      ("a", NDArray([3, 4], (0..<12).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: generator.next())) })),
      ("folder/ß", NDArray([], [-0.0])), ("empty", NDArray([2, 0, 3], [])),
      ("special", NDArray([5], [.nan, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude])),
      ("large", NDArray([70_000], repeating: 1.5)),
    ]
    try NumPyArray.write(arrays[0].1, to: folder("a.npy"))
    #expect(try folder.bytes(of: "a.npy") == NumPyArray.encode(arrays[0].1))
    try NumPyArchive.write(arrays, to: folder("a.npz"))
    #expect(folder.names() == ["a.npy", "a.npz"])
    let printed = try runPython("read_arrays.py", folder("a.npy"), folder("a.npz"))
    let seen = try JSONDecoder().decode(SeenArrays.self, from: printed)
    #expect(seen.array == SeenArrays.Seen(arrays[0].1))
    #expect(seen.archive.count == arrays.count)
    let archive = try NumPyArchive(contentsOf: folder("a.npz"))
    #expect(archive.names == arrays.map(\.0))
    for (name, array) in arrays {
      #expect(seen.archive[name] == SeenArrays.Seen(array), "\(name)")
      #expect(SeenArrays.Seen(try archive.array(named: name)) == SeenArrays.Seen(array), "\(name)")
    }
  }
}
