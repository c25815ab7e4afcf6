import CStrataKernels
import Foundation
import StrataTensor
import TestSupport
import Testing

@Suite struct KernelVariantTests {
  @Test func thePortableVariantComesFirst() {
    #expect(KernelVariant.runnable.first?.name == "portable")
    #expect(KernelVariant.runnable.contains(KernelVariant.active))
  }

  @Test func theEnvironmentPinsAVariant() async {
    await #expect(processExitsWith: .success) {
      setenv("STRATA_KERNELS", "portable", 1)
      guard KernelVariant.active.name == "portable" else { exit(1) }
      guard softmax(NDArray([2], [0, 0])).elements == [0.5, 0.5] else { exit(2) }
      exit(0)
    }
    await #expect(processExitsWith: .success) {
      setenv("STRATA_KERNELS", "", 1)
      exit(KernelVariant.active == KernelVariant.runnable.last ? 0 : 1)
    }
  }

  @Test func anUnknownVariantEndsTheProcess() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      setenv("STRATA_KERNELS", "mmx", 1)
      _ = exp(NDArray([1], [0]))
    }
    let names = KernelVariant.runnable.map(\.name).joined(separator: ", ")
    expectMessage("STRATA_KERNELS: 'mmx' is not a kernel variant; choose one of \(names)\n", from: result)
  }

  /// A program that asks first learns the reason as an error, and so does one that only needs checksums.
  @Test func theSelectionCanBeCheckedBeforeItIsUsed() async {
    let result = await #expect(processExitsWith: .exitCode(78), observing: [\.standardErrorContent]) {
      setenv("STRATA_KERNELS", "mmx", 1)
      guard sk_active() == nil, sk_crc32c("123456789", 9, 0) == 0xE306_9283 else { exit(1) }
      do { try KernelVariant.checkSelection() } catch {
        FileHandle.standardError.write(Data("said: \(error)\n".utf8))
        exit(78)
      }
    }
    expectMessage("said: STRATA_KERNELS: 'mmx' is not a kernel variant; choose one of portable", from: result)
    await #expect(processExitsWith: .success) {
      setenv("STRATA_KERNELS", "portable", 1)
      try KernelVariant.checkSelection()
    }
  }

  /// The check value of the CRC catalogue, and all lengths and offsets around the word size, in every variant.
  @Test func checksumsAreTheCastagnoliOnes() {
    #expect(sk_crc32c("123456789", 9, 0) == 0xE306_9283)
    #expect(sk_crc32c(nil, 0, 7) == 7)
    #expect(sk_crc32c([UInt8](repeating: 0, count: 32), 32, 0) == 0x8A91_36AA)
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 131 &+ $0 / 7) }
    for length in Array(0...33) + [255, 256, 299] {
      let expected = bitwise(bytes[1..<max(length, 1)])
      bytes.withUnsafeBufferPointer { bytes in
        for index in 0..<sk_variant_count() {
          let state = ~sk_variant(index).pointee.crc32c(~0, bytes.baseAddress! + 1, max(length, 1) - 1)
          #expect(state == expected)
        }
        let half = length / 2
        let first = sk_crc32c(bytes.baseAddress!, half, 0)
        #expect(sk_crc32c(bytes.baseAddress! + half, length - half, first) == sk_crc32c(bytes.baseAddress!, length, 0))
      }
    }
  }

  private func bitwise(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var state = ~UInt32(0)
    for byte in bytes {
      state ^= UInt32(byte)
      for _ in 0..<8 { state = state & 1 == 1 ? state >> 1 ^ 0x82F6_3B78 : state >> 1 }
    }
    return ~state
  }
}
