public import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes the output of a training job as Megatron-LM prints it, line by line.
///
/// The destination appears, whole, in ``complete()``; a writer that is given up leaves nothing behind. Lines follow
/// `training.py`, `checkpointing.py` and `timers.py` of Megatron Core; losses of the routers are printed like the loss, in
/// scientific notation.
public struct MegatronLogWriter: ~Copyable {
  private var file: AsideFile

  /// - Parameter path: Where the log will be; its folder exists.
  /// - Throws: `FileError` when no file can be created there.
  public init(path: String) throws(FileError) { file = try AsideFile(for: path) }

  /// Writes the line of an iteration.
  public mutating func write(_ record: IterationRecord) throws(FileError) {
    record.write(to: &file.text)
    try file.flushIfFull()
  }

  /// Writes the lines of an evaluation, between two rules.
  public mutating func writeValidation(iteration: Int, loss: Double) throws(FileError) {
    var line = TextBuffer()
    line.append(" validation loss at iteration \(iteration) | lm loss value: ")
    line.append(scientific: loss, decimals: 6)
    line.append(" | lm loss PPL: ")
    line.append(scientific: exp(min(20, loss)), decimals: 6)
    line.append(" | ")
    let rule = String(repeating: "-", count: line.count + 1)
    try write(lines: rule, String(decoding: line.bytes, as: UTF8.self), rule)
  }

  /// Writes the time that every rank spent in some phases: timer option `all`.
  ///
  /// - Parameters:
  ///   - names: The phases, such as `forward-backward`.
  ///   - seconds: One list per phase and in it one number per rank; a rank without the phase has zero and no line.
  /// - Precondition: There are as many lists as names.
  public mutating func writeTimes(_ names: [String], seconds: [[Double]]) throws(FileError) {
    require(names.count == seconds.count, "writeTimes: \(names.count) names, \(seconds.count) lists of times")
    guard seconds.contains(where: { $0.contains { $0 > 0 } }) else { return }
    file.text.append("times across ranks (ms):\n")
    for (name, seconds) in zip(names, seconds) where seconds.contains(where: { $0 > 0 }) {
      file.text.append("  \(name):\n")
      for (rank, seconds) in seconds.enumerated() where seconds > 0 {
        file.text.append("     rank ")
        file.text.append(rank, width: 2)
        file.text.append(": ")
        file.text.append(seconds * 1000, decimals: 2)
        file.text.append("\n")
        try file.flushIfFull()
      }
    }
  }

  /// Writes the shortest and the longest time over all ranks of some phases: timer option `minmax`.
  public mutating func writeTimeRanges(_ phases: [(name: String, seconds: ClosedRange<Double>)]) throws(FileError) {
    file.text.append("(min, max) time across ranks (ms):\n")
    for phase in phases {
      file.text.append("    \(phase.name) ")
      file.text.append(String(repeating: ".", count: max(48 - phase.name.utf8.count - 1, 0)))
      file.text.append(": (")
      file.text.append(phase.seconds.lowerBound * 1000, decimals: 2)
      file.text.append(", ")
      file.text.append(phase.seconds.upperBound * 1000, decimals: 2)
      file.text.append(")\n")
    }
    try file.flushIfFull()
  }

  /// Writes the beginning of a program phase with its time, such as `before the start of training step`.
  ///
  /// - Parameters:
  ///   - phase: What begins.
  ///   - time: Seconds since 1970.
  public mutating func writeDate(of phase: String, time: Double) throws(FileError) {
    file.text.append("[\(phase)] datetime: ")
    CalendarTime(unixTime: time).write(to: &file.text, separator: " ", point: ".")
    file.text.append(" \n")
    try file.flushIfFull()
  }

  /// Writes lines as they are.
  public mutating func write(lines: String...) throws(FileError) {
    for line in lines {
      file.text.append(line)
      file.text.append("\n")
    }
    try file.flushIfFull()
  }

  /// Writes what is left and gives the file its name.
  public consuming func complete() throws(FileError) { try file.complete() }
}
