import StrataSimulation
import StrataTelemetry
import TestSupport
import Testing

/// How catalogues are read, and what is said about mistakes in them.
@Suite struct CatalogueReadingTests {
  /// Two cards that are right; `F1` from line 2 on.
  static let base = """
    cards:
      - id: F1
        name: slow-disk
        title: disk answers slowly
        summary: A disk is slow.
        layer: data
        unit: host
        onset: linear
        ramp: [10, 60]
        effects:
          host.diskSpeed: {multiply: 0.1}
        precursor: {probability: 0.5, lead: [60, 600], effects: {host.diskSpeed: {multiply: 0.8}}}
        horizon: 300
        channels: [node_disk_io_time_seconds_total]
        propagation: [culprit: data, victim: compute]
        signature: {culprit: {storage: up, processor: [flat, up]}, victim: {wait: up}}
        twins: [F2]
        source: Design.
      - id: F2
        name: full-disk
        title: disk is full
        summary: A disk is full.
        layer: data
        unit: host
        onset: step
        effects:
          host.diskSpeed: {scale: 0.001}
        xids: [{code: 63, after: 1.5}]
        outcome: crash
        channels: [node_disk_io_time_seconds_total]
        propagation: [culprit: data]
        signature: {culprit: {storage: up}}
        twins: [F1]
        source: Design.
    """

  @Test func readsEveryKey() throws {
    let catalogue = try FaultCatalogue(parsing: Self.base, source: "c.yaml")
    #expect(catalogue.cards.map(\.id) == ["F1", "F2"])
    let (slow, full) = (catalogue.cards[0], catalogue.cards[1])
    #expect(slow.name == "slow-disk" && slow.title == "disk answers slowly" && slow.summary == "A disk is slow.")
    #expect(slow.layer == .data && slow.unit == .host && !slow.isBenign && !slow.atRestart && slow.outcome == .none)
    #expect(slow.onset == .linear && slow.ramp == 10...60)
    #expect(slow.effects.map(\.quantity) == ["host.diskSpeed"] && slow.effects[0].operation == .multiply)
    #expect(slow.precursor?.probability == 0.5 && slow.precursor?.lead == 60...600 && slow.horizon == 300)
    #expect(slow.precursor?.effects.first?.value == 0.8)
    #expect(slow.propagation.map(\.role) == [.culprit, .victim] && slow.propagation.map(\.layer) == [.data, .compute])
    #expect(slow.signature.culprit == [.storage: [.up], .processor: [.flat, .up]])
    #expect(slow.signature.victim == [.wait: [.up]])
    #expect(full.onset == .step && full.ramp == 0...0 && full.outcome == .crash && full.precursor == nil)
    #expect(full.effects[0].operation == .scale && full.effects[0].value == 0.001)
    #expect(full.xids.map(\.code) == [63] && full.xids[0].after == 1.5)
  }

  @Test func readsOnHowManyDevicesAJobsFaultStrikes() throws {
    #expect(try FaultCatalogue.standard.card("F18").devices == 1...8)
    #expect(FaultCatalogue.standard.cards.filter { $0.devices != nil }.map(\.id) == ["F18"])
  }

  @Test func readsFiles() throws {
    let folder = TemporaryFolder()
    try folder.write(Self.base, to: "mine.yaml")
    #expect(try FaultCatalogue(contentsOf: folder("mine.yaml")) == FaultCatalogue(parsing: Self.base, source: "x"))
    #expect(throws: ConfigurationError.self) { try FaultCatalogue(contentsOf: folder("absent.yaml")) }
  }

  @Test(arguments: ["F1", "f1", "F01", "f001", "slow-disk", "Slow-Disk"]) func findsCards(key: String) throws {
    #expect(try FaultCatalogue(parsing: Self.base, source: "c.yaml")[key]?.name == "slow-disk")
  }

  @Test(arguments: [
    ("slow-disc", "there is no fault 'slow-disc'; did you mean 'slow-disk'?"),
    ("F3", "there is no fault 'F3'; the ids are F1 to F2"),
    ("volcano", "there is no fault 'volcano'"),
  ]) func namesWhatWasProbablyMeant(key: String, message: String) throws {
    let catalogue = try FaultCatalogue(parsing: Self.base, source: "c.yaml")
    #expect(catalogue[key] == nil)
    let error = #expect(throws: UnknownFault.self) { try catalogue.card(key) }
    #expect(error?.description == message && error?.key == key)
  }

  @Test func knowsItsIds() throws {
    let error = #expect(throws: UnknownFault.self) { try FaultCatalogue.standard.card("f41") }
    #expect(error?.description == "there is no fault 'f41'; the ids are F01 to F40 and M1 to M12")
  }

  /// What is replaced by what, and what is said about it.
  static let mistakes: [(old: String, new: String, error: String)] = [
    (
      "host.diskSpeed: {multiply: 0.1}", "host.diskSped: {multiply: 0.1}",
      "c.yaml:11: 'host.diskSped' is no quantity that faults change; did you mean 'host.diskSpeed'?"
    ),
    (
      "host.diskSpeed: {multiply: 0.1}", "host.diskSpeed: {multiply: 1}",
      "c.yaml:11: 'cards[0].effects.host.diskSpeed' changes nothing: multiply 1.0 is healthy"
    ),
    (
      "host.diskSpeed: {multiply: 0.1}", "host.diskSpeed: {multiply: -1}",
      "c.yaml:11: 'cards[0].effects.host.diskSpeed.multiply' must be at least 0.0, found '-1'"
    ),
    (
      "host.diskSpeed: {multiply: 0.1}", "host.diskSpeed: {scale: 0}",
      "c.yaml:11: 'cards[0].effects.host.diskSpeed.scale' must be above 0, found '0'"
    ),
    (
      "host.diskSpeed: {multiply: 0.1}", "host.diskSpeed: {add: 0.1}",
      "c.yaml:11: 'cards[0].effects.host.diskSpeed' adds to a factor that is 1 when healthy; use multiply, scale or set"
    ),
    (
      "host.diskSpeed: {multiply: 0.1}", "host.down: {multiply: 2}",
      "c.yaml:11: 'cards[0].effects.host.down' multiplies what is 0 when healthy; use add or set"
    ),
    (
      "host.diskSpeed: {multiply: 0.1}", "host.diskSpeed: {multiply: 0.1, set: 2}",
      "c.yaml:11: 'cards[0].effects.host.diskSpeed' must have one of multiply, scale, add or set, found 2"
    ),
    (
      "host.diskSpeed: {multiply: 0.1}", "host.diskSpeed: {multply: 0.1}",
      "c.yaml:11: unknown key 'multply' in 'cards[0].effects.host.diskSpeed'; did you mean 'multiply'?"
    ),
    ("effects: {host.diskSpeed: {multiply: 0.8}}", "effects: {}", "c.yaml:12: 'cards[0].precursor.effects' is empty"),
    ("- id: F2", "- id: F1", "c.yaml:19: 'cards[1].id' repeats 'F1'"),
    ("- id: F2", "- id: F01", "c.yaml:19: 'cards[1].id' repeats 'F1'"),
    (
      "- id: F2", "- id: fault2",
      "c.yaml:19: 'cards[1].id' must be a capital letter and a number such as F13, found 'fault2'"
    ),
    ("name: full-disk", "name: slow-disk", "c.yaml:20: 'cards[1].name' repeats 'slow-disk'"),
    (
      "name: full-disk", "name: Full disk",
      "c.yaml:20: 'cards[1].name' must be lower-case words with hyphens such as slow-disk, found 'Full disk'"
    ),
    ("twins: [F2]", "twins: [F3]", "c.yaml:17: 'cards[0].twins' names 'F3', which is no card of this catalogue"),
    ("twins: [F2]", "twins: [F1]", "c.yaml:17: 'cards[0].twins' names 'F1' itself"),
    ("twins: [F2]", "twins: [F2, F2]", "c.yaml:17: 'cards[0].twins' names a card twice"),
    ("    twins: [F1]\n", "", "c.yaml:17: 'cards[0].twins' names 'F2', which does not name 'F1'"),
    (
      "ramp: [10, 60]", "ramp: [60, 10]",
      "c.yaml:9: 'cards[0].ramp' must be [least, most] and not empty, found [60.0, 10.0]"
    ),
    (
      "ramp: [10, 60]", "ramp: [0, 0]",
      "c.yaml:9: 'cards[0].ramp' must be [least, most] and not empty, found [0.0, 0.0]"
    ),
    ("ramp: [10, 60]", "ramp: [10]", "c.yaml:9: 'cards[0].ramp' must be [least, most] and not empty, found [10.0]"),
    ("onset: linear", "onset: step", "c.yaml:9: 'cards[0].ramp' has no meaning, because the onset is a step"),
    (
      "lead: [60, 600]", "lead: [-1, 600]",
      "c.yaml:12: 'cards[0].precursor.lead[0]' must be at least 0.0, found '-1'"
    ),
    (
      "probability: 0.5", "probability: 1.5",
      "c.yaml:12: 'cards[0].precursor.probability' must be from 0.0 to 1.0, found '1.5'"
    ),
    (
      "probability: 0.5", "probability: 0",
      "c.yaml:12: 'cards[0].precursor.probability' must be above 0; leave out a precursor that never comes"
    ),
    (
      "horizon: 300", "horizon: 700",
      "c.yaml:13: 'cards[0].horizon' must be at most the longest lead, 600.0, found 700.0"
    ),
    ("outcome: crash", "horizon: 60", "c.yaml:29: 'cards[1].horizon' has no meaning without a precursor"),
    (
      "    outcome: crash", "    outcome: crash\n    benign: true",
      "c.yaml:29: 'cards[1].outcome' must be none, because the card is benign"
    ),
    (
      "    twins: [F2]", "    twins: [F2]\n    benign: true",
      "c.yaml:12: 'cards[0].precursor' has no meaning, because the card is benign"
    ),
    (
      "unit: host\n    onset: linear", "unit: hots\n    onset: linear",
      "c.yaml:7: 'cards[0].unit' must be device, nic, rank, host, rack, leaf, fabric, storage, job, "
        + "expert or sensor, found 'hots'; did you mean 'host'?"
    ),
    (
      "propagation: [culprit: data, victim: compute]", "propagation: [culprit: data, bystander: compute]",
      "c.yaml:15: unknown key 'bystander' in 'cards[0].propagation[1]'; known: culprit, victim, job"
    ),
    (
      "propagation: [culprit: data, victim: compute]", "propagation: [{culprit: data, victim: compute}]",
      "c.yaml:15: 'cards[0].propagation[0]' must be one role and its layer, such as 'victim: compute'"
    ),
    ("propagation: [culprit: data, victim: compute]", "propagation: []", "c.yaml:15: 'cards[0].propagation' is empty"),
    (
      "processor: [flat, up]", "processor: [flat, upp]",
      "c.yaml:16: 'cards[0].signature.culprit.processor[1]' must be up, down, flat, spike, jitter "
        + "or vanishes, found 'upp'; did you mean 'up'?"
    ),
    ("processor: [flat, up]", "processor: []", "c.yaml:16: 'cards[0].signature.culprit.processor' is empty"),
    (
      "storage: up, processor", "storge: up, processor",
      "c.yaml:16: unknown key 'storge' in 'cards[0].signature.culprit'; did you mean 'storage'?"
    ),
    (
      "    outcome: crash", "    outcome: crash\n    devices: [1, 8]",
      "c.yaml:30: 'cards[1].devices' has no meaning, because the unit is a host"
    ),
    (
      "    outcome: crash", "    outcome: crash\n    devices: [0, 8]",
      "c.yaml:30: 'cards[1].devices[0]' must be at least 1, found '0'"
    ),
    (
      "    outcome: crash", "    outcome: crash\n    devices: [8, 1]",
      "c.yaml:30: 'cards[1].devices' must be [least, most], found [8, 1]"
    ),
    ("signature: {culprit: {storage: up}}", "signature: {}", "c.yaml:32: 'cards[1].signature' is empty"),
    (
      "    channels: [node_disk_io_time_seconds_total]\n    propagation: [culprit: data]",
      "    channels: []\n    propagation: [culprit: data]", "c.yaml:30: 'cards[1].channels' is empty"
    ),
    (
      "    channels: [node_disk_io_time_seconds_total]\n    propagation: [culprit: data]",
      "    channels: [a, a]\n    propagation: [culprit: data]", "c.yaml:30: 'cards[1].channels' names a channel twice"
    ),
    ("code: 63", "code: 0", "c.yaml:28: 'cards[1].xids[0].code' must be at least 1, found '0'"),
    (
      "    outcome: crash", "    variants: [{name: one}]",
      "c.yaml:29: 'cards[1].variants' must list at least 2, found 1"
    ),
    (
      "    outcome: crash", "    variants: [{name: one}, {name: one}]",
      "c.yaml:29: 'cards[1].variants[1].name' repeats 'one'"
    ),
    (
      "    effects:\n      host.diskSpeed: {scale: 0.001}\n    xids: [{code: 63, after: 1.5}]\n    outcome: crash\n",
      "",
      "c.yaml:19: 'cards[1]' changes nothing: it has no effects, variants, xids or outcome"
    ),
    (
      "    source: Design.\n  - id: F2", "    sauce: Design.\n  - id: F2",
      "c.yaml:2: 'cards[0].source' is missing; did you mean it by 'sauce' on line 18?"
    ),
    (
      "    outcome: crash", "    outcom: crash",
      "c.yaml:29: unknown key 'outcom' in 'cards[1]'; did you mean 'outcome'?"
    ),
    (base, "cards: []", "c.yaml:1: 'cards' is empty"),
    (base, "faults: []", "c.yaml:1: 'cards' is missing"),
  ]

  @Test(arguments: mistakes) func mistakesAreNamedWithTheirPlace(old: String, new: String, message: String) throws {
    let range = try #require(Self.base.firstRange(of: old), "'\(old)' is not in the text")
    let text = Self.base.replacingCharacters(in: range, with: new)
    let error = #expect(throws: ConfigurationError.self) { try FaultCatalogue(parsing: text, source: "c.yaml") }
    #expect(error?.description == message)
  }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
    self[..<range.lowerBound] + text + self[range.upperBound...]
  }
}
