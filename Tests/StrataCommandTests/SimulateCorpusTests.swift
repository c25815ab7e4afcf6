import Foundation
import Testing

@Suite struct SimulateCorpusTests {
  private let place = Workplace()

  private static let text = """
    name: tiny
    runs: {train: 2, test: 1}
    duration: 900
    interval: 5
    training: 300
    topologies:
      - name: small
        cluster: {hosts: 2, devicesPerHost: 2}
        training: {expertParallel: 4, experts: 8, layers: 2, watchdog: 60, restart: 40}
    faults: {mix: {F13: 1}, perRun: [1, 1], duration: [120, 200], free: 0, compound: 0}
    """

  @Test func writesACorpusAndKeepsIt() throws {
    try place.write(Self.text, to: "tiny.yaml")
    let outcome = try place.strata("simulate", "corpus", "--specification", "tiny.yaml", "--output", "corpus")
    #expect(outcome.status == 0 && outcome.output.isEmpty)
    #expect(outcome.errors == "3 runs with 3 faults: corpus\n")
    #expect(place.names(in: "corpus") == ["corpus.json", "test", "train", "truth"])
    #expect(try place.strata("describe", "corpus/train/train-0001.zarr").status == 0)
    let again = try place.strata("simulate", "corpus", "--specification", "tiny.yaml", "--output", "corpus")
    #expect(again.errors == "3 runs with 3 faults, of which 3 were there: corpus\n")
    let other = try place.strata(
      "simulate", "corpus", "--specification", "tiny.yaml", "--output", "corpus", "--seed", "2")
    #expect(other.status == 65)
    #expect(
      other.errors == "strata: corpus: holds a corpus of another specification or seed; choose another folder\n")
  }

  @Test func presetsCanBePrintedAndUsedAsFiles() throws {
    let outcome = try place.strata("simulate", "corpus", "--print", "--preset", "small")
    #expect(outcome.status == 0 && outcome.errors.isEmpty && outcome.output.hasPrefix("name: small\n"))
    try place.write(
      outcome.output.replacing("train: 8, validation: 4, test: 6", with: "train: 1"), to: "mine.yaml")
    #expect(
      try place.strata("simulate", "corpus", "--specification", "mine.yaml", "--output", "corpus", "-q").status == 0)
    #expect(place.names(in: "corpus/train") == ["train-0000.zarr"])
  }

  @Test(
    arguments: [
      (
        ["--output", "x"], 64, "Error: Give either --specification or --preset. The presets are field, small, standard."
      ),
      (
        ["--preset", "smal", "--output", "x"], 64,
        "Error: There is no preset 'smal'; there are field, small, standard; did you mean 'small'?"
      ),
      (["--preset", "small"], 64, "Error: Missing expected argument '--output <folder>'"),
      (["--specification", "tiny.yaml", "--print"], 64, "Error: --print needs a --preset."),
      (
        ["--specification", "absent.yaml", "--output", "x"], 66,
        "strata: absent.yaml: there is no such file or folder; check the path\n"
      ),
      (
        ["--specification", "bad.yaml", "--output", "x"], 65,
        "strata: bad.yaml:10: there is no fault 'F99'; the ids are F01 to F40 and M1 to M12\n"
      ),
      (
        ["--preset", "small", "--output", "tiny.yaml"], 65,
        "strata: tiny.yaml: holds something else; choose another folder\n"
      ),
      (
        ["--preset", "small", "--output", "tiny.yaml/corpus"], 74,
        "strata: tiny.yaml/corpus: the folder 'tiny.yaml' cannot be created; check the disk and the permissions\n"
      ),
    ] as [([String], Int32, String)])
  func mistakesAreNamed(arguments: [String], status: Int32, message: String) throws {
    try place.write(Self.text, to: "tiny.yaml")
    try place.write(Self.text.replacing("F13", with: "F99"), to: "bad.yaml")
    let outcome = try place.start(["simulate", "corpus"] + arguments).finish()
    #expect(outcome.status == status)
    #expect(outcome.errors.hasPrefix(message), "said: \(outcome.errors)")
    #expect(place.names().filter { !$0.hasPrefix(".") } == ["bad.yaml", "tiny.yaml"])
  }

  @Test func anInterruptedCorpusGoesOn() throws {
    let text = Self.text.replacing("runs: {train: 2, test: 1}", with: "runs: {train: 60}")
    try place.write(text, to: "tiny.yaml")
    let arguments = ["simulate", "corpus", "--specification", "tiny.yaml", "--output", "corpus"]
    let running = try place.start(arguments)
    while running.isRunning && !place.exists("corpus/corpus.json") { usleep(2000) }
    running.signal(SIGINT)
    let outcome = try running.finish()
    #expect(outcome.status == 130)
    #expect(
      outcome.errors.contains(try Regex("interrupted by SIGINT; the same command goes on with run [0-9]+ of 60\n$")),
      "said: \(outcome.errors)")
    #expect(place.names(in: "corpus/train").allSatisfy { $0.hasSuffix(".zarr") && !$0.hasPrefix(".") })
    let rest = try place.start(arguments).finish()
    #expect(rest.status == 0 && rest.errors.contains("60 runs with 60 faults, of which"))
  }
}

/// A corpus, from the specification to a model.
@Suite struct TrainCorpusTests {
  private let place = Workplace()

  @Test func aCorpusIsTrainedOnAsItsManifestSays() throws {
    try place.write(
      """
      name: tiny
      runs: {train: 2, validation: 1, test: 1}
      duration: 600
      interval: 5
      training: 200
      topologies:
        - name: small
          cluster: {hosts: 2, devicesPerHost: 2}
          training: {expertParallel: 4, experts: 8, layers: 2, watchdog: 60, restart: 40}
      faults: {mix: {F13: 1}, perRun: [1, 1], duration: [120, 150], free: 0, compound: 0}
      """, to: "tiny.yaml")
    #expect(
      try place.strata("simulate", "corpus", "--specification", "tiny.yaml", "--output", "corpus", "-q").status == 0)
    let settings = Workplace.settings.filter { !$0.hasPrefix("split.") }.flatMap { ["--set", $0] }
    let outcome = try place.start(
      ["train", "corpus", "--output", "model", "--set", "training.steps=12", "--log-format", "json"] + settings
    ).finish()
    #expect(outcome.status == 0, "said: \(outcome.errors)")
    #expect(outcome.output.hasPrefix("model: 12 steps, loss "))
    #expect(try place.text(of: "model/config.yaml").contains("split: {by: corpus}"))
    #expect(place.exists("model/model.safetensors") && !place.exists("model/detector.safetensors"))
    #expect(outcome.errors.contains("no detector was fitted to the corpus"))
    for run in ["train-0000", "train-0001"] { #expect(outcome.errors.contains(#""run":"\#(run)""#)) }
    #expect(!outcome.errors.contains("validation-0000") && !outcome.errors.contains("test-0000"))
    // The model embeds what it never saw.
    #expect(try place.strata("embed", "model", "corpus/test/test-0000.zarr", "--output", "e.npy", "-q").status == 0)
  }

  @Test func storesAreNoCorpus() throws {
    try place.simulate()
    let outcome = try place.start(
      ["train", "cluster.zarr", "--output", "model", "--set", "split={by: corpus}"]).finish()
    #expect(outcome.status == 65)
    #expect(
      outcome.errors
        == "strata: 'split.by' is corpus, and there is no manifest of a corpus: give the folder of a corpus\n")
    #expect(!place.exists("model"))
  }
}
