import Foundation
import Testing

/// The folder of the full-size reference models, which `STRATA_CONFORMANCE` names; without it the test fails.
public func conformanceFolder() throws -> String {
  try #require(
    ProcessInfo.processInfo.environment["STRATA_CONFORMANCE"],
    "STRATA_CONFORMANCE must name the folder of the full-size models; make verify does")
}
