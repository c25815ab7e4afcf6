import ArgumentParser
import Strata

struct Bench: LoggingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure this machine's limits and how close Strata comes.",
    usage: "strata bench [--model <name>] [--duration <seconds>] [options]",
    discussion: """
      Measures how fast the processor multiplies and adds, moves memory and hands work from thread to thread, and in \
      turns with that what Strata does: the product of its encoders, windows, batches, streams and training steps of a \
      reference model with random weights. Times are medians over rounds, with the 10th and 90th percentile; 'of fp32' \
      is the part of what the processor reaches in single precision when nothing leaves its registers. Counted are the \
      multiplications and additions of the model's definition, also those that are left out because nobody needs them.

      Compare lines of one run, not of two: a shared or virtual machine changes its speed from minute to minute.

      Examples:
        strata bench
        strata bench --model small-tf --threads 1
        strata bench --duration 60 --format json > bench.json
      """)

  @Option(
    help: ArgumentHelp(
      "Which reference model: \(ReferenceModel.all.map(\.name).joined(separator: ", ")).", valueName: "name"),
    completion: .list(ReferenceModel.all.map(\.name)))
  var model = ReferenceModel.smallTCN.name
  @Option(
    parsing: .unconditional, help: ArgumentHelp("How long to measure; three rounds at least.", valueName: "seconds"))
  var duration = 15.0
  @Option(parsing: .unconditional, help: "Decides weights and samples.") var seed: UInt64 = 1
  @OptionGroup var threads: ThreadOption
  @OptionGroup var result: FormatOption
  @OptionGroup var logs: LogOptions

  func validate() throws {
    if !(0...86_400).contains(duration) {
      throw ValidationError("--duration must be from 0 to 86400 seconds, found \(duration).")
    }
    if reference == nil {
      throw ValidationError(UnknownName.message("model", model, among: ReferenceModel.all.map(\.name)))
    }
  }

  private var reference: ReferenceModel? { ReferenceModel.all.first { $0.name == model } }

  func run() throws {
    Interruption.noteSignals()
    defer { Interruption.restoreSignals() }
    logs.info("measuring for \(NumberText.duration(seconds: duration)), or three rounds")
    let benchmark = MachineBenchmark(
      reference!, threads: threads.count, seed: seed, duration: .seconds(duration))
    let report = try benchmark.run { try Interrupted.check(remedy: "nothing was kept") }
    switch result.format {
    case .json: try Console.writeJSON(report)
    case .table: try Console.write(BenchText(report).text(isColored: Console.isColored))
    }
  }
}
