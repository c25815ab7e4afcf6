import Foundation
import StrataTensor
import TestSupport
import Testing

/// Each in a process of its own: the pool is that of the process, and other tests use it.
@Suite struct StoragePoolTests {
  @Test func blocksAreKeptUntilTheyAreTrimmed() async {
    await #expect(processExitsWith: .success) {
      guard StoragePool.byteLimit == StoragePool.standardByteLimit else { exit(1) }
      for count in [1 << 20, 1 << 18] { _ = NDArray([count], repeating: 1).elements }
      let kept = StoragePool.byteCount
      guard kept >= 5 << 20 else { exit(2) }
      // The largest block goes first.
      StoragePool.trim(to: kept - 1)
      guard StoragePool.byteCount == kept - 4 << 20 else { exit(3) }
      StoragePool.trim()
      guard StoragePool.byteCount == 0, StoragePool.byteLimit == StoragePool.standardByteLimit else { exit(4) }
      // What is kept after a trim is used again.
      _ = NDArray([1 << 20], repeating: 1)
      guard StoragePool.byteCount == 4 << 20 else { exit(5) }
      let array = NDArray([1 << 20], repeating: 2)
      guard StoragePool.byteCount == 0, array.total == 2 * 0x1p20 else { exit(6) }
    }
  }

  @Test func nothingIsKeptBeyondTheLimit() async {
    await #expect(processExitsWith: .success) {
      StoragePool.trim()
      _ = NDArray([1 << 20], repeating: 1)
      StoragePool.byteLimit = 2 << 20
      guard StoragePool.byteCount == 0 else { exit(1) }
      _ = NDArray([1 << 20], repeating: 1)
      guard StoragePool.byteCount == 0 else { exit(2) }
      _ = NDArray([1 << 18], repeating: 1)
      guard StoragePool.byteCount == 1 << 20 else { exit(3) }
      StoragePool.byteLimit = 0
      _ = NDArray([1 << 18], repeating: 1)
      guard StoragePool.byteCount == 0, StoragePool.byteLimit == 0 else { exit(4) }
    }
  }

  @Test func refusesANegativeLimit() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      StoragePool.byteLimit = -1
    }
    expectMessage("StoragePool: a limit of -1 bytes", from: result)
  }
}
