import Foundation
import Testing

@Suite struct DoctorTests {
  private let place = Workplace()

  private struct Report: Decodable {
    struct Check: Decodable {
      let name: String
      let problem: String?
    }

    let version: String
    let kernels: String
    let runnableKernels: [String]
    let matrixLibrary: String
    let processors: Int
    let memoryInBytes: UInt64
    let checks: [Check]
  }

  @Test func aWorkingInstallationPasses() throws {
    let outcome = try place.strata("doctor", "--format", "json")
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    let report = try Workplace.json(Report.self, outcome)
    #expect(report.runnableKernels.contains(report.kernels))
    #expect(report.matrixLibrary.contains("OpenBLAS"))
    #expect(report.processors > 0 && report.memoryInBytes > 1 << 20)
    #expect(
      report.checks.map(\.name) == [
        "matrix product", "summation", "dense map, fp32", "dense map, bf16", "dense map, int8", "attention",
        "checksum", "factorization",
      ])
    #expect(report.checks.allSatisfy { $0.problem == nil })
    let table = try place.strata("doctor").output
    #expect(table.hasPrefix("strata") && table.contains("matrix product") && !table.contains("\u{1B}"))
  }

  @Test func kernelsCanBePinned() throws {
    let outcome = try place.strata("doctor", "--format", "json", environment: ["STRATA_KERNELS": "portable"])
    #expect(try Workplace.json(Report.self, outcome).kernels == "portable")
  }
}
