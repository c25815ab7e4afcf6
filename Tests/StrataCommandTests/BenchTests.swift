import Foundation
import Testing

@Suite struct BenchTests {
  private let place = Workplace()

  private struct Report: Decodable {
    struct Timing: Decodable {
      let name: String, unit: String
      let threads: Int, rounds: Int
      let amount: Double, median: Double, p10: Double, p90: Double
    }

    struct Entry: Decodable {
      let timing: Timing
      let operationsPerSecond: Double?
      let partOfLimit: Double?
    }

    struct Limits: Decodable { let timings: [Timing] }

    let version: String, kernels: String, model: String
    let threads: Int
    let seed: UInt64
    let limits: Limits
    let works: [Entry]
  }

  /// Times are whatever they are, but numbers.
  @Test func everythingIsMeasured() throws {
    let outcome = try place.strata(
      "bench", "--duration", "0", "--threads", "2", "--seed", "7", "--format", "json", "-q")
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    let report = try Workplace.json(Report.self, outcome)
    #expect(report.model == "small-tcn" && report.threads == 2 && report.seed == 7 && !report.kernels.isEmpty)
    let timings = report.limits.timings + report.works.map(\.timing)
    #expect(Set(timings.map(\.name)).count == timings.count)
    for timing in timings {
      #expect(timing.rounds >= 3 && timing.amount > 0)
      #expect([timing.median, timing.p10, timing.p90].allSatisfy { $0 > 0 && $0.isFinite }, "\(timing.name)")
    }
    for entry in report.works where entry.timing.name == "gathering 64 windows" {
      #expect(entry.partOfLimit == nil && entry.operationsPerSecond == nil)
    }
    for entry in report.works where entry.timing.name != "gathering 64 windows" {
      #expect(entry.partOfLimit! > 0 && entry.partOfLimit!.isFinite && entry.operationsPerSecond! > 0)
    }
    for name in [
      "map 128x64, 3 taps, fp32", "window, bf16", "64 windows, fp32, 2 threads", "gathering 64 windows",
      "training on 64, 1 thread",
    ] {
      #expect(report.works.contains { $0.timing.name == name })
    }
  }

  /// A transformer that sees whole windows has no streams; the table fits a terminal.
  @Test func theTableFitsATerminal() throws {
    let outcome = try place.strata("bench", "--duration", "0", "--threads", "1", "--model", "small-tf", "-q")
    #expect(outcome.status == 0 && outcome.output.contains("\nsmall-tf") && !outcome.output.contains("stream"))
    #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 80 }, "said: \(outcome.output)")
  }

  @Test func anInterruptionEndsIt() throws {
    let running = try place.start(["bench", "--duration", "600"])
    #expect(running.waitForErrors(containing: "measuring"))
    running.signal(SIGINT)
    let outcome = try running.finish()
    #expect(outcome.status == 130 && outcome.output.isEmpty)
    #expect(outcome.errors.contains("interrupted by SIGINT; nothing was kept"))
  }
}
