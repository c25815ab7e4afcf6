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
    let bf16: String
    let warnings: [String]
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

  /// Kernels of an older processor are right and slow: that is no failure.
  @Test func oldKernelsOfTheMatrixLibraryAreAWarning() throws {
    let outcome = try place.strata(
      "doctor", "--format", "json", environment: ["OPENBLAS_CORETYPE": "Prescott", "STRATA_KERNELS": "portable"])
    #expect(outcome.status == 0)
    let report = try Workplace.json(Report.self, outcome)
    // The warning is about the processor, not about the kernels that are pinned.
    let isNewer = report.runnableKernels.contains("avx2")
    #expect(report.warnings.count == (isNewer ? 1 : 0))
    #expect(report.warnings.allSatisfy { $0.contains("because OPENBLAS_CORETYPE is 'Prescott'; unset it or set") })
    #expect(report.bf16.hasPrefix("as fast as fp32"))
    let table = try place.strata("doctor", environment: ["OPENBLAS_CORETYPE": "Prescott"]).output
    #expect(table.contains("OpenBLAS runs kernels for Prescott") == isNewer)
  }

  @Test func kernelsCanBePinned() throws {
    let outcome = try place.strata("doctor", "--format", "json", environment: ["STRATA_KERNELS": "portable"])
    #expect(try Workplace.json(Report.self, outcome).kernels == "portable")
  }
}
