import Foundation
import Testing

@Suite struct FaultsTests {
  private let place = Workplace()

  private struct Card: Decodable {
    struct Signature: Decodable { let culprit: [String: [String]] }

    let id: String
    let name: String
    let layer: String
    let unit: String
    let isBenign: Bool
    let ramp: [Double]
    let signature: Signature
  }

  @Test func listsEveryFaultInEightyColumns() throws {
    let outcome = try place.strata("faults", "list")
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 53 && lines.allSatisfy { $0.count <= 80 })
    #expect(lines[0] == "id   name                layer        unit     precursor  what")
    #expect(lines[13] == "F13  thermal-throttling  physical     device        90 %  overheating device")
    #expect(!outcome.output.contains("\u{1B}"))
  }

  @Test func listsWhatIsAskedFor() throws {
    func names(_ options: String...) throws -> [String] {
      let outcome = try place.start(["faults", "list", "--format", "json"] + options).finish()
      return try Workplace.json([Card].self, outcome).map(\.name)
    }
    #expect(try names().count == 52)
    #expect(try names("--benign") == ["sequence-length", "stage-imbalance", "mixture-shift"])
    #expect(try names("--unit", "expert", "--layer", "application").contains("hot-expert"))
    #expect(try names("--unit", "rack") == ["power-cap"])
    #expect(try names("--no-benign").count == 49)
    #expect(try place.strata("faults", "list", "--benign", "--unit", "rack").output == "No faults.\n")
  }

  @Test func writesMarkdown() throws {
    let lines = try place.strata("faults", "list", "--format", "markdown").output.split(separator: "\n")
    #expect(lines.count == 54 && lines.allSatisfy { $0.hasPrefix("|") && $0.hasSuffix("|") })
    #expect(lines[1] == "|---|---|---|---|---:|---|")
    #expect(lines[14].hasPrefix("| F13 | thermal-throttling | physical | device | 90 % | Cooling of one device"))
  }

  @Test func showsACardByIdOrName() throws {
    let outcome = try place.strata("faults", "show", "thermal-throttling")
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    #expect(outcome.output.hasPrefix("F13  thermal-throttling\n\n"))
    for text in [
      "changes      device.thermalResistance × 3\n", "DCGM_FI_DEV_GPU_TEMP", "temperature up", "F15 clock-stuck",
      "onset        linear, over 1 min to 20 min\n", "precursor    90 % of the cases, 1 h to 3 d ahead:",
    ] {
      #expect(outcome.output.contains(text), "there is no '\(text)'")
    }
    #expect(try place.strata("faults", "show", "f13").output == outcome.output)
    let card = try Workplace.json(Card.self, place.strata("faults", "show", "F13", "--format", "json"))
    #expect(card.id == "F13" && card.layer == "physical" && card.unit == "device" && !card.isBenign)
    #expect(card.ramp == [60, 1200] && card.signature.culprit["temperature"] == ["up"])
  }

  @Test func everyCardFitsATerminal() throws {
    let names = try Workplace.json([Card].self, place.strata("faults", "list", "--format", "json")).map(\.name)
    let script = names.map { "$STRATA faults show \($0) || exit" }.joined(separator: "\n")
    let outcome = try place.shell(script)
    #expect(outcome.status == 0)
    let long = outcome.output.split(separator: "\n").filter { $0.count > 80 || $0.last == " " }
    #expect(long.isEmpty)
  }

  @Test(arguments: [
    (
      ["faults", "show", "termal-throttling"],
      "There is no fault 'termal-throttling'; did you mean 'thermal-throttling'?"
    ),
    (
      ["faults", "show", "F41"],
      "There is no fault 'F41'; the ids are F01 to F40 and M1 to M12; 'strata faults list' names all."
    ),
    (["faults", "list", "--layer", "phisical"], "The value 'phisical' is invalid for '--layer <layer>'"),
    (["faults", "shwo", "F13"], "There is no subcommand 'shwo'; did you mean 'show'?"),
    (["faults", "show"], "Missing expected argument '<fault>'"),
  ])
  func mistakesExitWith64(arguments: [String], message: String) throws {
    let outcome = try place.start(arguments).finish()
    #expect(outcome.status == 64 && outcome.output.isEmpty)
    #expect(outcome.errors.contains(message), "said: \(outcome.errors)")
  }

  @Test func readsACatalogueOfOnesOwn() throws {
    try place.write(
      """
      cards:
        - id: X1
          name: volcano
          title: lava in the rack
          summary: A volcano erupts.
          layer: physical
          unit: rack
          onset: step
          effects:
            host.inletRise: {add: 40}
          channels: [DCGM_FI_DEV_GPU_TEMP]
          propagation: [culprit: physical]
          signature: {culprit: {temperature: up}}
          source: Design.

      """, to: "mine.yaml")
    let shown = try place.strata("faults", "show", "volcano", "--catalogue", "mine.yaml")
    #expect(shown.status == 0 && shown.output.contains("changes      host.inletRise + 40"))
    #expect(try place.strata("faults", "list", "--catalogue", "mine.yaml").output.contains("lava in the rack"))
    let unknown = try place.strata("faults", "show", "F13", "--catalogue", "mine.yaml")
    #expect(unknown.status == 64 && unknown.errors.contains("There is no fault 'F13'; the ids are X1"))

    try place.write(try place.text(of: "mine.yaml").replacing("inletRise", with: "inletrise"), to: "bad.yaml")
    let bad = try place.strata("faults", "list", "--catalogue", "bad.yaml")
    #expect(bad.status == 65)
    #expect(
      bad.errors == "strata: bad.yaml:10: 'host.inletrise' is no quantity that faults change; "
        + "did you mean 'host.inletRise'?\n")
    #expect(try place.strata("faults", "list", "--catalogue", "absent.yaml").status == 66)
  }
}
