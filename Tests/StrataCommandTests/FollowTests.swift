import Foundation
import Testing

/// Detection in stores that are being written, and stores that grow.
@Suite struct FollowTests {
  private let place = Workplace()

  /// The events and incidents that a command wrote, as JSON objects with sorted keys.
  private func objects(_ text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  private func canonical(_ object: Any) throws -> String {
    String(decoding: try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys]), as: UTF8.self)
  }

  /// Replaces what the command would write next to a store by a copy of the first samples, as a writer that died left it.
  private func truncate(_ store: String, to sampleCount: Int) throws {
    let path = "\(store)/zarr.json"
    var root = try #require(
      try JSONSerialization.jsonObject(with: try place.data(of: path)) as? [String: Any])
    var attributes = try #require(root["attributes"] as? [String: Any])
    attributes["sample_count"] = sampleCount
    attributes["growing"] = true
    attributes["labels"] = [Any]()
    attributes["split"] = nil
    root["attributes"] = attributes
    try JSONSerialization.data(withJSONObject: root).write(to: URL(filePath: place(path)))
  }

  /// The sum of what two followers print, the first of which is killed, is what detection says of the whole.
  @Test func aKilledFollowerGoesOnWhereItStopped() throws {
    try place.simulate()
    #expect(try place.strata("adapt", "cluster.zarr", "--output", "run", "--budget", "5000").status == 0)
    let batch = try place.strata("detect", "cluster.zarr", "--run", "run", "--format", "json")
    let list = try #require(
      try JSONSerialization.jsonObject(with: Data(batch.output.utf8)) as? [String: Any])
    let expected = try #require(list["incidents"] as? [Any]).map(canonical)
    #expect(!expected.isEmpty)

    // In the middle of the fault, which lasts from 440 to 540.
    let complete = try place.data(of: "cluster.zarr/zarr.json")
    try truncate("cluster.zarr", to: 480)
    let arguments = [
      "detect", "cluster.zarr", "--run", "run", "--follow", "--state", "live.state", "--format", "json",
    ]
    let first = try place.start(arguments)
    #expect(first.waitForOutput(containing: "\"event\":\"start\""))
    while !place.exists("live.state") { usleep(1000) }
    first.signal(SIGKILL)
    let killed = try first.finish()
    #expect(killed.status == -SIGKILL)

    try complete.write(to: URL(filePath: place("cluster.zarr/zarr.json")))
    let second = try place.start(arguments).finish()
    try #require(second.status == 0, "said: \(second.errors)")
    #expect(second.errors.contains("goes on after sample 480: live.state"))
    var lines: [String] = []
    for line in (killed.output + second.output).split(separator: "\n").map(String.init) where !lines.contains(line) {
      lines.append(line)
    }
    let events = try objects(lines.joined(separator: "\n"))
    let ends = try events.filter { $0["event"] as? String == "end" }.map { try canonical($0["incident"]!) }
    #expect(ends == expected)
    #expect(events.count { $0["event"] as? String == "start" } == expected.count)

    // A follower of a whole store says the same, and one that has said everything says no more.
    let whole = try place.start(arguments.filter { $0 != "--state" && $0 != "live.state" }).finish()
    #expect(whole.output == lines.joined(separator: "\n") + "\n")
    #expect(try place.start(arguments).finish().output.isEmpty)
  }

  @Test func ctrlCEndsItWithTheStateWritten() throws {
    try place.simulate()
    #expect(try place.strata("adapt", "cluster.zarr", "--output", "run", "--budget", "5000").status == 0)
    try truncate("cluster.zarr", to: 480)
    let running = try place.start(
      ["detect", "cluster.zarr", "--run", "run", "--follow", "--state", "live.state"])
    #expect(running.waitForOutput(containing: "alarm, p "))
    running.signal(SIGINT)
    let outcome = try running.finish()
    #expect(outcome.status == 130)
    #expect(outcome.errors.contains("interrupted by SIGINT; the same command goes on from 'live.state'"))
    #expect(place.exists("live.state"))
    #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 160 })
  }

  /// A store that grew without waiting is the store that was written at once.
  @Test func aPacedSimulationIsTheSameRun() throws {
    try place.simulate()
    let paced = try place.strata(
      "simulate", "--scenario", "tiny.yaml", "--seed", "3", "--pace", "unlimited", "--output", "live.zarr")
    try #require(paced.status == 0, "said: \(paced.errors)")
    let names = try ["cluster.zarr", "live.zarr"].map { try place.strata("describe", $0, "--format", "json").output }
    #expect(names[0] == names[1])
    #expect(try place.strata("adapt", "cluster.zarr", "--output", "run", "--budget", "5000").status == 0)
    let found = try ["cluster.zarr", "live.zarr"].map {
      try place.strata("detect", $0, "--run", "run", "--format", "json").output
    }
    #expect(found[0] == found[1] && found[0].contains("\"incidents\""))
  }

  /// Ten minutes at a thousandth of their speed: the first second is there long before the second one.
  @Test func anInterruptedPacedSimulationCanBeRead() throws {
    try place.write(Workplace.scenario, to: "tiny.yaml")
    let running = try place.start(
      ["simulate", "--scenario", "tiny.yaml", "--seed", "3", "--pace", "0.001x", "--output", "live.zarr"])
    while running.isRunning, sampleCount("live.zarr") < 1 { usleep(2000) }
    let growing = try place.strata("describe", "live.zarr")
    #expect(growing.status == 0 && growing.errors.contains("is still being written"), "said: \(growing.errors)")
    running.signal(SIGINT)
    let outcome = try running.finish()
    #expect(outcome.status == 130 && outcome.errors.contains("'live.zarr' is complete as far as it came"))
    let described = try place.strata("describe", "live.zarr")
    #expect(described.status == 0 && described.output.hasPrefix("tiny: 1 samples"), "said: \(described.output)")
    #expect(!described.errors.contains("is still being written"))
  }

  private func sampleCount(_ store: String) -> Int {
    struct Root: Decodable {
      struct Attributes: Decodable {
        enum CodingKeys: String, CodingKey { case sampleCount = "sample_count" }
        let sampleCount: Int
      }

      let attributes: Attributes
    }
    let root = (try? place.data(of: "\(store)/zarr.json")).flatMap { try? JSONDecoder().decode(Root.self, from: $0) }
    return root?.attributes.sampleCount ?? 0
  }

  @Test func flagsThatDoNotGoTogetherAreRefused() throws {
    for (arguments, message) in [
      (["--state", "x"], "--state needs --follow."),
      (["--follow", "b.zarr"], "--follow takes one store, found 2."),
      (["--follow", "--output", "found"], "--follow writes no --output; score the store when it is complete."),
      (["--follow", "--format", "csv"], "--follow writes lines of text or of JSON, not of csv."),
    ] {
      let outcome = try place.start(["detect", "a.zarr", "--run", "run"] + arguments).finish()
      #expect(outcome.status == 64 && outcome.errors.contains("Error: \(message)"), "said: \(outcome.errors)")
    }
    let pace = try place.strata("simulate", "--preset", "small", "--output", "x", "--pace", "fast")
    #expect(pace.status == 64 && pace.errors.contains("The value 'fast' is invalid for '--pace <factor>'"))
  }
}
