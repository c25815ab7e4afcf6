import Testing

@Suite struct HelpTests {
  private let place = Workplace()

  @Test(arguments: [
    ("demo", "Simulate a cluster"), ("import", "Bring telemetry"), ("describe", "Say what a run store holds"),
    ("simulate", "Simulate the telemetry"), ("faults", "Say which faults"), ("train", "Train a joint model"),
    ("embed", "Write the embeddings"), ("adapt", "Fit a detector to the clean time"),
    ("detect", "Score run stores"), ("evaluate", "Compare scores"), ("doctor", "Check that this installation"),
    ("bench", "Measure this machine's limits"),
  ])
  func everySubcommandExplainsItself(name: String, abstract: String) throws {
    let outcome = try place.strata(name, "--help")
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    #expect(outcome.output.hasPrefix("OVERVIEW: \(abstract)"))
    #expect(outcome.output.contains("USAGE: strata \(name)"))
    #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test(arguments: [
    ("run", "strata simulate --scenario <file> --output <store>"), ("corpus", "strata simulate corpus --preset <name>"),
  ]) func bothWaysToSimulateExplainThemselves(name: String, usage: String) throws {
    let outcome = try place.strata("simulate", name, "--help")
    #expect(outcome.status == 0 && outcome.output.contains("USAGE: \(usage)"))
    #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test(arguments: [
    (["describe", "x", "--formt", "json"], "unknown option '--formt'. Did you mean '--format'?"),
    (["describe", "x", "--format", "jsno"], "The value 'jsno' is invalid for '--format <format>'"),
    (["describe"], "Missing expected argument '<store>'"),
    (["simulate", "--output", "x"], "Give either --scenario or --preset. The presets are demo, small."),
    (
      ["simulate", "--preset", "demmo", "--output", "x"],
      "There is no preset 'demmo'; there are demo, small; did you mean 'demo'?"
    ),
    (["simulat", "--preset", "demo"], "There is no subcommand 'simulat'; did you mean 'simulate'?"),
    (["import", "smdd", "x"], "There is no subcommand 'smdd'; did you mean 'smd'?"),
    (["frobnicate"], "There is no subcommand 'frobnicate'; there are demo, import,"),
    (["train"], "Missing expected argument '<store> ...'."),
    (["detect", "a", "--run", "b", "--budget", "0"], "--budget must be a positive number, found 0.0."),
    (["detect", "a"], "Missing expected argument '--run <folder>'"),
    (["adapt", "a", "--output", "b", "--from", "9", "--to", "4"], "--from (9.0) must be before --to (4.0)."),
    (["detect", "a", "--run", "b", "--budget", "-1"], "--budget must be a positive number, found -1.0."),
    (["bench", "--duration", "-1"], "--duration must be from 0 to 86400 seconds, found -1.0."),
    (["demo", "--threads", "-1"], "--threads must be from 1 to 1024, found -1."),
    (["help", "detct"], "There is no subcommand 'detct'; did you mean 'detect'?"),
    (["help", "import", "cvs"], "There is no subcommand 'cvs'; did you mean 'csv'?"),
    (["embed", "a", "b", "--output", "x.txt"], "--output must end in .npy, found 'x.txt'."),
    (["bnech"], "There is no subcommand 'bnech'; did you mean 'bench'?"),
    (["bench", "--duraton", "1"], "unknown option '--duraton'. Did you mean '--duration'?"),
    (["bench", "--duration=-1"], "--duration must be from 0 to 86400 seconds, found -1.0."),
    (
      ["bench", "--model", "small-tcm"],
      "There is no model 'small-tcm'; there are small-tcn, small-tf, base-tf; did you mean 'small-tcn'?"
    ),
    (["demo", "--threads", "0"], "--threads must be from 1 to 1024, found 0."),
  ])
  func mistakesInArgumentsExitWith64(arguments: [String], message: String) throws {
    let outcome = try place.start(arguments).finish()
    #expect(outcome.status == 64)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.lowercased().contains(message.lowercased()), "said: \(outcome.errors)")
    #expect(place.names().allSatisfy { $0.hasPrefix(".") })
  }

  @Test func helpTakesNames() throws {
    #expect(try place.strata("help").output.hasPrefix("OVERVIEW: Find faults"))
    #expect(try place.strata("help", "import", "csv").output.hasPrefix("OVERVIEW: Any table"))
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func completionScriptsAreGenerated(shell: String) throws {
    let outcome = try place.strata("--generate-completion-script", shell)
    #expect(outcome.status == 0)
    for name in ["demo", "describe", "evaluate", "fail-on"] { #expect(outcome.output.contains(name)) }
  }

  @Test func theBashCompletionIsValid() throws {
    #expect(try place.shell("bash -n <($STRATA --generate-completion-script bash)").status == 0)
  }

  @Test func saysItsVersion() throws {
    let outcome = try place.strata("--version")
    #expect(outcome.status == 0 && outcome.output == "0.1.0\n")
  }
}
