import Foundation
import Testing

/// What the command says and how it exits when something is wrong.
@Suite struct FailureTests {
  private let place = Workplace()

  @Test(arguments: [
    ["describe", "absent.zarr"], ["train", "absent.zarr"], ["embed", "absent", "absent.zarr", "--output", "x.npy"],
    ["detect", "absent.zarr", "--run", "absent"], ["adapt", "absent.zarr", "--output", "x"],
    ["evaluate", "absent", "absent.zarr"],
    ["import", "smd", "absent", "--output", "x"],
    ["simulate", "--scenario", "absent.yaml", "--output", "x"], ["train", ".", "--config", "absent.yaml"],
    ["import", "csv", "absent.csv", "--mapping", "absent.yaml", "--output", "x"],
  ])
  func missingInputExitsWith66(arguments: [String]) throws {
    let outcome = try place.start(arguments).finish()
    #expect(outcome.status == 66, "said: \(outcome.errors)")
    #expect(outcome.output.isEmpty && outcome.errors.hasPrefix("strata: absent"))
  }

  @Test func saysWhatIsMissing() throws {
    let outcome = try place.strata("describe", "absent.zarr")
    #expect(outcome.errors == "strata: absent.zarr: there is no such file or folder; check the path\n")
  }

  @Test func damagedStoresExitWith65AndNameTheChunk() throws {
    try place.simulate()
    let chunk = try #require(
      FileManager.default.enumerator(atPath: place("cluster.zarr/physical/values"))?.compactMap { $0 as? String }
        .first { $0.hasPrefix("c") && $0.contains("0.0") || $0.hasSuffix("/0") })
    let name = "cluster.zarr/physical/values/\(chunk)"
    var bytes = try place.data(of: name)
    bytes[bytes.count / 2] ^= 0xFF
    try bytes.write(to: URL(filePath: place(name)))
    let outcome = try place.strata("describe", "cluster.zarr")
    #expect(outcome.status == 65)
    #expect(outcome.errors.hasPrefix("strata: \(name): "), "said: \(outcome.errors)")
    #expect(try place.strata("train", "cluster.zarr").status == 65)
  }

  @Test func somethingElseIsNoStore() throws {
    let outcome = try place.strata("describe", ".")
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("is not a run store"))
  }

  @Test func configurationMistakesNameFileAndLine() throws {
    try place.simulate()
    try place.write("window: {length: 16, stride: 8, peers: true}\nsplitt: {}\n", to: "bad.yaml")
    let outcome = try place.strata("train", "cluster.zarr", "--config", "bad.yaml")
    #expect(outcome.status == 65)
    #expect(outcome.errors.hasPrefix("strata: bad.yaml:1: 'split' is missing"), "said: \(outcome.errors)")
    let override = try place.strata("train", "cluster.zarr", "--set", "model.encoder.widht=3")
    #expect(override.status == 64)
    #expect(override.errors.contains("did you mean 'width'?"), "said: \(override.errors)")
  }

  @Test func existingOutputIsRefused() throws {
    try place.simulate()
    let before = try place.data(of: "cluster.zarr/zarr.json")
    let outcome = try place.strata("simulate", "--scenario", "tiny.yaml", "--seed", "4", "--output", "cluster.zarr")
    #expect(outcome.status == 1)
    #expect(outcome.errors == "strata: cluster.zarr: exists already; choose another --output, or add --overwrite\n")
    #expect(try place.data(of: "cluster.zarr/zarr.json") == before)
    let again = try place.strata(
      "simulate", "--scenario", "tiny.yaml", "--seed", "4", "--output", "cluster.zarr", "--overwrite")
    #expect(again.status == 0)
    #expect(try place.data(of: "cluster.zarr/zarr.json") != before)
  }

  @Test func foreignFoldersAreNeverReplaced() throws {
    try FileManager.default.createDirectory(atPath: place("mine"), withIntermediateDirectories: true)
    try place.write("precious", to: "mine/notes.txt")
    let outcome = try place.strata("demo", "--quick", "--output", "mine", "--overwrite")
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("strata: mine: exists already; it is not something this command wrote"))
    #expect(try place.text(of: "mine/notes.txt") == "precious")
  }

  @Test func unwritableOutputExitsWith74() throws {
    try place.write(Workplace.scenario, to: "tiny.yaml")
    let outcome = try place.strata("simulate", "--scenario", "tiny.yaml", "--output", "tiny.yaml/cluster.zarr")
    #expect(outcome.status == 74, "said: \(outcome.errors)")
    #expect(
      outcome.errors == "strata: tiny.yaml/cluster.zarr: the folder 'tiny.yaml' cannot be created; "
        + "check the disk and the permissions\n")
  }

  @Test func foldersAroundAnOutputAreCreated() throws {
    try place.write(Workplace.scenario, to: "tiny.yaml")
    let outcome = try place.strata("simulate", "--scenario", "tiny.yaml", "--output", "some/where/cluster.zarr")
    #expect(outcome.status == 0 && place.exists("some/where/cluster.zarr/zarr.json"), "said: \(outcome.errors)")
  }

  @Test func foldersOfAnotherCommandAreNamed() throws {
    try place.simulate()
    let evaluated = try place.strata("evaluate", "cluster.zarr", "cluster.zarr")
    #expect(evaluated.status == 65)
    #expect(
      evaluated.errors
        == "strata: cluster.zarr: there is no scores.safetensors in it; name the output folder of 'strata detect'\n")
    let detected = try place.strata("detect", "cluster.zarr", "--run", "cluster.zarr")
    #expect(detected.status == 65 && detected.errors.contains("cluster.zarr: holds no detector; make one with"))
  }

  @Test func fullDisksExitWith74() throws {
    let outcome = try place.shell("$STRATA train --print-config > /dev/full")
    #expect(outcome.status == 74)
    #expect(outcome.errors.contains("strata: standard output: cannot be written: No space left on device"))
  }

  @Test func closedPipesEndTheCommandInSilence() throws {
    let outcome = try place.shell("$STRATA train --print-config | true; exit ${PIPESTATUS[0]}")
    #expect([0, 141].contains(outcome.status))
    #expect(outcome.errors.isEmpty)
    // A parent that ignores SIGPIPE makes writing fail instead.
    let ignoring = try place.shell(
      "trap '' PIPE; (sleep 0.1; $STRATA train --print-config) | true; exit ${PIPESTATUS[0]}")
    #expect(ignoring.status == 141 && ignoring.errors.isEmpty, "said: \(ignoring.errors)")
  }

  @Test func errorsAreJSONOnRequest() throws {
    let outcome = try place.strata("describe", "absent.zarr", "--log-format", "json")
    #expect(outcome.status == 66)
    let line = try JSONDecoder().decode([String: String].self, from: Data(outcome.errors.utf8))
    #expect(line == ["level": "error", "message": "absent.zarr: there is no such file or folder; check the path"])
  }

  @Test func unusableKernelsEndWithAMessage() throws {
    let outcome = try place.strata("doctor", environment: ["STRATA_KERNELS": "quantum"])
    #expect(outcome.status == 78)
    #expect(
      outcome.errors.hasPrefix("strata: STRATA_KERNELS: 'quantum' is not a kernel variant; choose one of portable"))
    #expect(try place.strata("doctor", "--help", environment: ["STRATA_KERNELS": "quantum"]).status == 0)
  }
}
