import ArgumentParser
import Strata

struct SimulateCorpus: LoggingCommand {
  private static let presets = CorpusSpecification.presets.keys.sorted()

  static let configuration = CommandConfiguration(
    commandName: "corpus",
    abstract: "Simulate many runs for training and scoring.",
    usage: "strata simulate corpus --preset <name> --output <folder> [options]",
    discussion: """
      Draws scenarios from a specification and a seed and writes a run store and the truth of each: \
      <split>/<run>.zarr, truth/<run>.json, and corpus.json, which lists them. Faults, topologies and hardware that a \
      split holds out occur in no other. Presets: small, eighteen short runs; standard, a hundred of an hour; field, \
      seventy whose faults come as on real clusters, on frail hosts, several at once and again after a repair.

      Ctrl-C keeps the runs that are complete; the same command goes on from there.

      Examples:
        strata simulate corpus --preset small --output corpus
        strata simulate corpus --preset field --output field
        strata simulate corpus --print --preset standard > mine.yaml
        strata simulate corpus --specification mine.yaml --seed 7 --output corpus
      """)

  @Option(
    help: ArgumentHelp("What the corpus consists of, in YAML.", valueName: "file"),
    completion: .file(extensions: ["yaml"]))
  var specification: String?
  @Option(
    help: ArgumentHelp(
      "A specification that comes with the program: \(presets.joined(separator: ", ")).", valueName: "name"),
    completion: .list(presets))
  var preset: String?
  @Option(parsing: .unconditional, help: "Decides everything random.") var seed: UInt64 = 1
  @Option(
    help: ArgumentHelp("The folder to write, or to go on with.", valueName: "folder"), completion: .directory,
    transform: OutputPath.read)
  var output: String?
  @Flag(name: .customLong("print"), help: "Print the specification of the preset, and stop.") var prints = false
  @OptionGroup var threads: ThreadOption
  @OptionGroup var logs: LogOptions

  func validate() throws {
    if (specification == nil) == (preset == nil) {
      throw ValidationError(
        "Give either --specification or --preset. The presets are \(Self.presets.joined(separator: ", ")).")
    }
    if let preset, CorpusSpecification.presets[preset] == nil {
      throw ValidationError(UnknownName.message("preset", preset, among: Self.presets))
    }
    if prints && preset == nil { throw ValidationError("--print needs a --preset.") }
    if output == nil && !prints { throw ValidationError("Missing expected argument '--output <folder>'") }
  }

  func run() throws {
    if prints { return try Console.write(CorpusSpecification.presets[preset!]!) }
    let folder = output!
    let text = try specification.map { try InputText.read($0) } ?? CorpusSpecification.presets[preset!]!
    let writer = try CorpusWriter(
      folder: folder, specification: text, source: specification ?? "preset \(preset!)", seed: seed,
      threads: threads.count)
    try writer.check()
    try OutputFolder.createParent(of: folder)
    Interruption.noteSignals()
    defer { Interruption.restoreSignals() }
    var display = SimulationDisplay(logs)
    var kept = 0
    let manifest = try OutputFailure.translatingFiles {
      try writer.write { progress in
        if progress.part == nil { kept += 1 }
        display.show(progress)
        try Interrupted.check(remedy: "the same command goes on with run \(progress.index + 1) of \(progress.count)")
      }
    }
    display.finish()
    logs.info(
      "\(manifest.runs.count) runs with \(manifest.runs.reduce(0) { $0 + $1.faults.count }) faults"
        + (kept > 0 ? ", of which \(kept) were there" : "") + ": \(folder)")
  }
}
