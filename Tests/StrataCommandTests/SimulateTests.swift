import Foundation
import Testing

/// The records of a simulated run, and what keeps them from being written.
@Suite struct SimulateTests {
  private let place = Workplace()

  /// A scenario with a hang, which all records show.
  private static let hang = """
    name: hang
    duration: 500
    interval: 1
    training: 100
    cluster: {hosts: 2, devicesPerHost: 2}
    jobs:
      - name: train
        training: {experts: 4, expertParallel: 4, layers: 4, expertsPerToken: 2, watchdog: 60, restart: 40}
    faults:
      - {kind: bus-off, entity: c0/rack0/host1/gpu0, at: 150, duration: 200, severity: 1, precursor: false}
      - {kind: thermal-throttling, entity: c0/rack0/host0/gpu0, at: 380, duration: 100, severity: 0.9}
    """

  private static let records = [
    "--output", "run.zarr", "--openmetrics", "run.om", "--megatron-log", "train.log", "--kernel-log", "kern.log",
    "--flight-recorder", "recorders", "--truth", "truth.json", "--report", "page.html",
  ]

  private func simulate(_ options: [String]) throws -> Workplace.Outcome {
    try place.write(Self.hang, to: "hang.yaml")
    return try place.start(["simulate", "--scenario", "hang.yaml"] + options).finish()
  }

  private var written: [String] { place.names().filter { !$0.hasPrefix(".") && $0 != "hang.yaml" } }

  @Test func oneRunLeavesAllRecords() throws {
    let outcome = try simulate(Self.records)
    #expect(outcome.status == 0 && outcome.output.isEmpty)
    #expect(outcome.errors == "simulated 500 samples of 4 devices with 2 faults: run.zarr\n")
    #expect(written == ["kern.log", "page.html", "recorders", "run.om", "run.zarr", "train.log", "truth.json"])
    #expect(try place.text(of: "run.om").hasSuffix("# EOF\n"))
    #expect(
      try place.text(of: "kern.log").contains(": 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus."))
    #expect(try place.text(of: "train.log").contains(" | lm loss: "))
    #expect(place.names(in: "recorders") == ["dumps.json", "train-0"])
    #expect(
      place.names(in: "recorders/train-0") == [0, 1, 3].map { "nccl_trace_rank_\($0).json" })
    #expect(try place.text(of: "truth.json").contains("\"card\" : \"F16\""))
    let page = try place.text(of: "page.html")
    #expect(["Layers and hosts", "Culprit and victim", "Experts"].allSatisfy { page.contains("<h2>\($0)</h2>") })
    #expect(try place.strata("describe", "run.zarr").status == 0)
  }

  @Test func theSubcommandMayBeNamed() throws {
    try place.write(Self.hang, to: "hang.yaml")
    let named = try place.strata("simulate", "run", "--scenario", "hang.yaml", "--output", "named.zarr", "--quiet")
    #expect(named.status == 0 && named.errors.isEmpty)
    #expect(try simulate(["--output", "plain.zarr"]).status == 0)
    #expect(try place.data(of: "named.zarr/zarr.json") == place.data(of: "plain.zarr/zarr.json"))
  }

  @Test func faultsCanBeLeftOut() throws {
    let outcome = try simulate(["--output", "run.zarr", "--without", "0", "--without", "1", "--truth", "truth.json"])
    #expect(outcome.status == 0 && outcome.errors.contains("with 0 faults"))
    struct Truth: Decodable { let without: [Int] }
    #expect(try JSONDecoder().decode(Truth.self, from: place.data(of: "truth.json")).without == [0, 1])
  }

  @Test(
    arguments: [
      (["--without", "2"], 64, "Error: --without 2: there are 2 faults, 0 to 1.\n"),
      (["--without", "x"], 64, "Error: The value 'x' is invalid for '--without <n>'\n"),
      (["--opnmetrics", "x"], 64, "Error: Unknown option '--opnmetrics'. Did you mean '--openmetrics'?\n"),
      (
        ["--openmetrics", "x", "--truth", "./x"], 65,
        "strata: --openmetrics and --truth both name './x'; give each a place of its own\n"
      ),
      (
        ["--truth", "run.zarr/truth.json"], 65,
        "strata: --truth names 'run.zarr/truth.json', which lies in what --output writes\n"
      ),
      (
        ["--kernel-log", "hang.yaml"], 1,
        "strata: hang.yaml: exists already; choose another --kernel-log, or add --overwrite\n"
      ),
      (
        ["--flight-recorder", "hang.yaml", "--overwrite"], 1,
        "strata: hang.yaml: exists already; it is not something this command wrote; choose another --flight-recorder\n"
      ),
      (
        ["--truth", "hang.yaml/truth.json"], 74,
        "strata: hang.yaml/truth.json: the folder 'hang.yaml' cannot be created; check the disk and the permissions\n"
      ),
      (
        ["--megatron-log", "/proc/train.log"], 74,
        "strata: /proc/train.log: cannot be created: No such file or directory; check the disk and the permissions\n"
      ),
    ] as [([String], Int32, String)])
  func whatCannotBeWrittenIsRefusedBeforeWorkBegins(options: [String], status: Int32, message: String) throws {
    let outcome = try simulate(["--output", "run.zarr"] + options)
    #expect(outcome.status == status)
    #expect(outcome.errors.hasPrefix(message), "said: \(outcome.errors)")
    #expect(written.isEmpty)
    #expect(try place.text(of: "hang.yaml") == Self.hang)
  }

  @Test func recordsThatAreThereAreReplacedOnRequestOnly() throws {
    #expect(try simulate(Self.records + ["--seed", "1"]).status == 0)
    let before = try place.data(of: "truth.json")
    for option in ["--openmetrics", "--megatron-log", "--kernel-log", "--flight-recorder", "--truth"] {
      let path = Self.records[Self.records.firstIndex(of: option)! + 1]
      let outcome = try simulate(["--output", "other.zarr", option, path])
      #expect(outcome.status == 1)
      #expect(outcome.errors == "strata: \(path): exists already; choose another \(option), or add --overwrite\n")
    }
    #expect(try place.data(of: "truth.json") == before && !place.exists("other.zarr"))
    #expect(try simulate(Self.records + ["--seed", "2", "--overwrite"]).status == 0)
    #expect(try place.data(of: "truth.json") != before)
    try place.write("mine", to: "mine/notes.txt")
    let foreign = try simulate(["--output", "other.zarr", "--flight-recorder", "mine", "--overwrite"])
    #expect(foreign.status == 1 && place.names(in: "mine") == ["notes.txt"])
  }

  /// Long enough that the first line about progress comes well before the end.
  private static let long = """
    name: long
    duration: 200000
    interval: 1
    training: 100000
    cluster: {hosts: 2}
    jobs:
      - name: train
        training: {experts: 16, expertParallel: 16}
    """

  @Test(arguments: [(SIGINT, 130), (SIGTERM, 75)] as [(Int32, Int32)])
  func aSignalLeavesNothingBehind(number: Int32, status: Int32) throws {
    try place.write(Self.long, to: "long.yaml")
    let running = try place.start(["simulate", "--scenario", "long.yaml"] + Self.records)
    while running.isRunning && !place.names().contains(where: { $0.contains(".partial") }) { usleep(2000) }
    running.signal(number)
    let outcome = try running.finish()
    #expect(outcome.status == status)
    #expect(outcome.errors.contains("nothing was kept"), "said: \(outcome.errors)")
    #expect(place.names().filter { !$0.hasSuffix(".out") && !$0.hasSuffix(".err") } == ["long.yaml"])
  }

  @Test func longRunsSayHowLongTheyWillTake() throws {
    try place.write(Self.long, to: "long.yaml")
    let running = try place.start(["simulate", "--scenario", "long.yaml", "--output", "run.zarr"])
    #expect(running.waitForErrors(containing: "ETA"))
    running.signal(SIGINT)
    let line = try #require(try running.finish().errors.split(separator: "\n").first)
    #expect(line.contains(try Regex("^sample [0-9]+/200000  [0-9]+ samples/s  [0-9]+ %  ETA [0-9hms]+$")), "\(line)")
  }
}
