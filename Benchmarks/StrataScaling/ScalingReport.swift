import Foundation
import Strata

/// A Markdown table of all sweeps, and the folder of their figures.
struct ScalingReport {
  let results: [SweepResult]
  let machine: MachineState

  /// Writes `<date>-<processor>-scaling.md` and the figures in a folder of that name.
  ///
  /// - Returns: The path of the table.
  func write(to folder: String) throws -> String {
    let name = "\(day)-\(slug)-scaling", figures = "\(folder)/\(name)"
    try FileManager.default.createDirectory(atPath: figures, withIntermediateDirectories: true)
    for result in results {
      try Data((result.figure.svg + "\n").utf8).write(to: URL(filePath: "\(figures)/\(fileName(result))"))
    }
    let path = "\(folder)/\(name).md"
    try Data(markdown(figures: name).utf8).write(to: URL(filePath: path))
    return path
  }

  private func markdown(figures: String) -> String {
    let stolen = NumberText.fixed(100 * machine.stolen, decimals: 1)
    var text = """
      # How costs grow

      \(day), \(machine.processor), \(machine.processors) processors, kernels \(KernelVariant.active), load \
      \(NumberText.fixed(machine.load, decimals: 1)) at the end, \(stolen) % stolen. The models are `small-tcn` and \
      `small-tf` with one size changed at a time, in fp32 on one thread. Times are medians of processor time over rounds in \
      which all sizes of a section take turns. The law of a line is fitted by least squares of the logarithms; *off* is the greatest ratio \
      between a time and the law.

      """
    for result in results {
      text += "\n## \(result.name.prefix(1).uppercased())\(result.name.dropFirst())\n\n"
      text += "![\(result.figure.title)](\(figures)/\(fileName(result)))\n\n\(result.rounds) rounds.\n\n"
      let sizes = Array(Set(result.figure.series.flatMap { $0.points.map(\.x) })).sorted()
      text += "| ms | " + sizes.map { "\(Int($0))" }.joined(separator: " | ") + " | exponent | off |\n"
      text += "|---|" + String(repeating: "---:|", count: sizes.count + 2) + "\n"
      for series in result.figure.series {
        let cells = sizes.map { size in series.points.first { $0.x == size }.map { NumberText.short($0.y) } ?? "" }
        let law = [series.law.exponent, series.law.worstRatio].map { NumberText.fixed($0, decimals: 2) }
        text += "| \(series.label) | " + (cells + law).joined(separator: " | ") + " |\n"
      }
    }
    return text
  }

  private func fileName(_ result: SweepResult) -> String {
    result.name.replacingOccurrences(of: " ", with: "-") + ".svg"
  }

  private var slug: String {
    machine.processor.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: "-")
  }

  private var day: String { Date().formatted(.iso8601.year().month().day()) }
}
