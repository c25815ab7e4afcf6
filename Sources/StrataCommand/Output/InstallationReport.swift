import Strata

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What this process runs on and with.
struct InstallationReport: Encodable {
  let version: String
  let commit: String?
  let swift: String
  let system: String
  let kernels: String
  let runnableKernels: [String]
  let matrixLibrary: String
  let matrixLibraryCore: String
  /// What rounding to bfloat16 is good for here.
  let bf16: String
  let processors: Int
  let memoryInBytes: UInt64
  let checks: [InstallationCheck]
  /// What works and could work better, with what to do.
  let warnings: [String]

  init() {
    (version, commit) = (Provenance.currentVersion, SourceRevision.current)
    swift = Self.compilerVersion
    system = ProcessInfo.processInfo.operatingSystemVersionString
    kernels = KernelVariant.active.name
    runnableKernels = KernelVariant.runnable.map(\.name)
    (matrixLibrary, matrixLibraryCore) = (MatrixLibrary.configuration, MatrixLibrary.core)
    processors = ProcessInfo.processInfo.activeProcessorCount
    memoryInBytes = ProcessInfo.processInfo.physicalMemory
    checks = InstallationCheck.all()
    bf16 =
      KernelVariant.multipliesBFloat16
      ? "products several times as fast as in fp32, and half the memory of weights"
      : "as fast as fp32 and as large: for the results of processors with AMX"
    let environment = ProcessInfo.processInfo.environment
    let obsolescence = MatrixLibrary.obsolescence(
      core: matrixLibraryCore, variants: runnableKernels, wanted: environment["OPENBLAS_CORETYPE"])
    warnings = obsolescence.map { [$0] } ?? []
  }

  private static var compilerVersion: String {
    #if swift(>=6.4)
      "6.4 or later"
    #elseif swift(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }

  func text(isColored: Bool) -> String {
    var table = TextTable(.init("strata"), .init(version + (commit.map { " (\($0.prefix(12)))" } ?? "")))
    table.add("Swift", swift)
    table.add("system", system)
    table.add("kernels", "\(kernels) (this processor runs \(runnableKernels.joined(separator: ", ")))")
    table.add("matrix library", matrixLibrary)
    table.add("its kernels", "\(matrixLibraryCore), one thread per stream of work")
    table.add("bf16", bf16)
    table.add("processors", "\(processors)")
    table.add("memory", "\(NumberText.fixed(Double(memoryInBytes) / 1_073_741_824, decimals: 1)) GiB")
    for check in checks { table.add(check.name, check.problem.map { "FAILED: \($0)" } ?? "passed") }
    for warning in warnings { table.add("warning", warning) }
    return table.text(isColored: isColored)
  }
}
