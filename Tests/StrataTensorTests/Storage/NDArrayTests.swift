import Foundation
import StrataTensor
import TestSupport
import Testing

@Suite struct NDArrayTests {
  @Test func writingToACopyLeavesTheOriginal() {
    let original = NDArray([2, 2], [1, 2, 3, 4])
    var copy = original.reshaped([4])
    copy.withMutableElements { $0[0] = 9 }
    #expect(original.elements == [1, 2, 3, 4] && copy.elements == [9, 2, 3, 4])
  }

  @Test func slicesAlongTheFirstAxisShareStorageUntilWritten() {
    let original = NDArray([3, 2], [1, 2, 3, 4, 5, 6])
    var slice = original.rows(1..<2)
    #expect(slice.withElements { s in original.withElements { s.baseAddress! == $0.baseAddress! + 2 } })
    slice.withMutableElements { $0[0] = 9 }
    #expect(slice.elements == [9, 4] && original.elements == [1, 2, 3, 4, 5, 6])
  }

  @Test func aUniqueArrayIsWrittenInPlace() {
    var array = NDArray([5000], repeating: 1)
    let before = array.withElements { UInt(bitPattern: $0.baseAddress!) }
    array.withMutableElements { $0[1] = 2 }
    #expect(array.withElements { UInt(bitPattern: $0.baseAddress!) } == before)
  }

  @Test func elementsAreReadByIndex() {
    let x = NDArray([2, 3], [0, 1, 2, 3, 4, 5])
    #expect(x[1, 2] == 5 && x[0, 1] == 1)
    #expect(NDArray([], [7]).scalar == 7 && NDArray([], [7])[] == 7)
    #expect(x.shape.last == 3 && x.shape.rowCount == 2 && x.shape.rank == 2 && x.count == 6)
  }

  /// A size that no other test uses, so that nobody else takes the block.
  @Test func aReleasedBlockServesTheNextArrayOfItsSize() {
    func address(_ array: NDArray) -> UInt { array.withElements { UInt(bitPattern: $0.baseAddress!) } }
    let first = address(NDArray([3_333_333], repeating: 1))
    let second = address(NDArray([3_333_000], repeating: 2))
    #expect(first == second && first % 64 == 0)
  }

  @Test func blocksAreReleasedAndTakenByManyThreads() {
    let totals = parallelMap(count: 64, threads: 8) { index in
      var total = 0.0
      for round in 0..<50 {
        let array = NDArray([5000 + 100 * (round % 7)], repeating: Float(index))
        total += array.total / Double(array.count)
      }
      return total
    }
    #expect(totals == (0..<64).map { 50 * Double($0) })
  }

  static let mistakes: [String: @Sendable () -> Void] = [
    "NDArray: 3 elements do not fill shape [2, 2]": { _ = NDArray([2, 2], [1, 2, 3]) },
    "Shape: [2, -1] has a negative dimension": { _ = Shape([2, -1]) },
    "NDArray.scalar: shape [2] has 2 elements, expected one": { _ = NDArray([2], [1, 2]).scalar },
    "NDArray: index [2] is outside [2]": { _ = NDArray([2], [1, 2])[2] },
    "NDArray: 1 indices for shape [1, 2]": { _ = NDArray([1, 2], [1, 2])[0] },
    "rows: 1..<4 is outside [3]": { _ = NDArray([3], repeating: 0).rows(1..<4) },
  ]

  @Test(arguments: mistakes.keys) func mistakesStop(message: String) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [message] in
      Self.mistakes[message]!()
    }
    expectMessage(message, from: result)
  }
}
