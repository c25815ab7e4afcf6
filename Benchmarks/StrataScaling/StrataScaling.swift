import Foundation
import Strata

/// Measures how the costs of the reference models grow with each of their sizes, one size at a time, and writes a table
/// and a figure per size.
///
/// All sizes of a sweep take turns, so that all see the same machine. The only argument is the folder of the results.
@main struct StrataScaling {
  static func main() throws {
    guard CommandLine.arguments.count == 2 else {
      FileHandle.standardError.write(Data("usage: StrataScaling <results folder>\n".utf8))
      exit(64)
    }
    let before = MachineState.Reading()
    var results: [SweepResult] = []
    for sweep in try Sweep.all() {
      FileHandle.standardError.write(Data("\(sweep.name)\n".utf8))
      results.append(try SweepResult(measuring: sweep, for: .seconds(25)))
    }
    let report = ScalingReport(results: results, machine: MachineState(since: before))
    print(try report.write(to: CommandLine.arguments[1]))
  }
}
