import Foundation
import Testing

/// How often the hot paths allocate, counted by `AllocationProbe`.
@Suite struct AllocationTests {
  #if os(Linux)
    /// The most that each may allocate; a change that needs more has to say why.
    private static let limits = [
      "three arrays": 3, "window, fp32": 0, "window, bf16": 0, "window, int8": 0, "sample of 50 entities, fp32": 0,
      "sample of 50 entities, bf16": 0, "sample of 50 entities, int8": 0, "embedding of 50 entities, fp32": 0,
      "embedding of 50 entities, bf16": 0, "embedding of 50 entities, int8": 0, "window, transformer": 0,
      "sample of 50 entities, transformer": 0, "embedding of 50 entities, transformer": 0, "training step": 18_000,
    ]

    @Test func nothingAllocatesMoreThanItMay() throws {
      let probe = Process(), output = Pipe()
      probe.executableURL = Bundle.main.bundleURL.appending(path: "AllocationProbe")
      probe.standardOutput = output
      try probe.run()
      let data = output.fileHandleForReading.readDataToEndOfFile()
      probe.waitUntilExit()
      try #require(probe.terminationStatus == 0)
      let counts = try JSONDecoder().decode([String: Int].self, from: data)
      #expect(counts.keys.sorted() == Self.limits.keys.sorted())
      for (name, limit) in Self.limits {
        #expect(counts[name]! <= limit, "\(name): \(counts[name]!) allocations, at most \(limit)")
      }
      // The counter counts.
      #expect(counts["three arrays"] == 3 && counts["training step"]! > 100)
    }
  #endif
}
