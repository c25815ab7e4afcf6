import ArgumentParser
import Strata

struct Doctor: LoggingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check that this installation computes what it should.",
    discussion: """
      Says which kernels and which matrix library are in use and runs small computations with known results. Exits \
      with 1, and says what to do, when one is wrong.

      STRATA_KERNELS pins the kernels: 'STRATA_KERNELS=portable strata doctor'.
      """)

  @OptionGroup var result: FormatOption
  @OptionGroup var logs: LogOptions

  func run() throws {
    let report = InstallationReport()
    switch result.format {
    case .json: try Console.writeJSON(report)
    case .table: try Console.write(report.text(isColored: Console.isColored))
    }
    if let failed = report.checks.first(where: { $0.problem != nil }) {
      throw SelfTestFailure(description: "\(failed.name): \(failed.problem!); \(failed.remedy)")
    }
  }
}
