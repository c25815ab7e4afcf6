import StrataSimulation
import StrataTelemetry
import Testing

/// What the standard catalogue promises as a whole.
@Suite struct CatalogueTests {
  private let catalogue = FaultCatalogue.standard

  @Test func hasFortyFaultsOfAnyJobAndTwelveOfExperts() {
    let ids = (1...40).map { $0 < 10 ? "F0\($0)" : "F\($0)" } + (1...12).map { "M\($0)" }
    #expect(catalogue.cards.map(\.id) == ids)
    #expect(Set(catalogue.cards.map(\.name)).count == 52)
    #expect(Set(catalogue.cards.map(\.title)).count == 52)
  }

  @Test func everyQuantityExists() {
    for card in catalogue.cards {
      let effects = card.effects + card.variants.flatMap(\.effects) + (card.precursor?.effects ?? [])
      for effect in effects { #expect(FaultQuantity(effect.quantity) != nil, "\(card.id): \(effect.quantity)") }
    }
  }

  @Test func quantitiesAreFoundByTheNamesOfTheirCases() {
    #expect(FaultQuantity("device.thermalResistance") == .device(.thermalResistance))
    #expect(FaultQuantity("router.preference") == .router(.preference))
    #expect(FaultQuantity("thermalResistance") == nil && FaultQuantity("device.thermalresistance") == nil)
    #expect(FaultQuantity.all.allSatisfy { FaultQuantity($0.name) == $0 })
    #expect(Set(FaultQuantity.all.map(\.name)).count == FaultQuantity.all.count)
  }

  @Test func keepsTheStrengthOfTheFirstThreeFaults() throws {
    let thermal = try catalogue.card("thermal-throttling")
    #expect(thermal.id == "F13")
    #expect(Self.texts(thermal.effects) == ["device.thermalResistance multiply 3.0"])
    let link = try catalogue.card("degraded-link")
    #expect(link.id == "F03")
    #expect(
      Self.texts(link.effects).isSuperset(of: ["device.linkBandwidth multiply 0.1", "device.symbolErrors add 1.0"]))
    let hot = try catalogue.card("hot-expert")
    #expect(hot.id == "M1" && hot.effects.map(\.quantity) == ["router.preference"])
    #expect(abs(hot.effects[0].value - 1.609_437_912_434_1) < 1e-12)
  }

  private static func texts(_ effects: [FaultEffect]) -> Set<String> {
    Set(effects.map { "\($0.quantity) \($0.operation.rawValue) \($0.value)" })
  }

  @Test func twinsNameEachOther() throws {
    for card in catalogue.cards {
      for id in card.twins { #expect(try catalogue.card(id).twins.contains(card.id), "\(card.id) and \(id)") }
    }
    for (one, other) in [("M1", "M7"), ("M1", "M6"), ("F13", "F15"), ("F01", "F09"), ("F24", "F36")] {
      #expect(try catalogue.card(one).twins.contains(other))
    }
  }

  @Test func twinsDifferInWhatTheyShow() throws {
    for card in catalogue.cards {
      for id in card.twins {
        let twin = try catalogue.card(id)
        let differs =
          card.signature != twin.signature || card.unit != twin.unit || card.layer != twin.layer
          || card.isBenign != twin.isBenign
        #expect(differs, "\(card.id) and \(id)")
      }
    }
  }

  @Test func onlyThreeNeedNoRepair() {
    #expect(catalogue.cards.filter(\.isBenign).map(\.id) == ["F22", "F23", "M11"])
  }

  @Test func endsTheJobWhereTheReferenceSaysSo() {
    func ids(_ outcome: FaultCard.Outcome) -> [String] {
      catalogue.cards.filter { $0.outcome == outcome }.map(\.id)
    }
    #expect(ids(.hang) == ["F01", "F09", "F16", "F17", "F34"])
    #expect(ids(.crash) == ["F12", "F18", "F27", "F28", "F29", "F30"])
    #expect(ids(.abort) == ["F06"])
    #expect(catalogue.cards.filter(\.atRestart).map(\.id) == ["F11", "F39", "M10"])
  }

  /// Wrong results are a fault of computing that nothing but the numbers of the application shows.
  private func layerThatShows(_ card: FaultCard) -> TelemetryLayer {
    card.id == "F24" || card.id == "M8" ? .application : card.layer
  }

  @Test func channelsLieInTheLayerOfTheCause() {
    for card in catalogue.cards {
      #expect(!card.channels.isEmpty)
      for channel in card.channels {
        #expect(Instrument.named(channel)?.layer == layerThatShows(card), "\(card.id): \(channel)")
      }
    }
  }

  @Test func theWayBeginsInTheLayerOfTheCause() {
    for card in catalogue.cards { #expect(card.propagation.first?.layer == layerThatShows(card), "\(card.id)") }
  }

  /// A job that is at fault itself is no job that suffers, and a fabric or storage has no series that could show a cause.
  @Test func stagesAgreeWithTheUnit() {
    for card in catalogue.cards {
      let roles = Set(card.propagation.map(\.role))
      switch card.unit {
      case .job: #expect(!roles.contains(.job) && card.propagation[0].role == .culprit, "\(card.id)")
      case .fabric, .storage: #expect(!roles.contains(.culprit), "\(card.id)")
      default: #expect(card.propagation[0].role == .culprit, "\(card.id)")
      }
    }
  }

  @Test func reportsTheXidsOfTheReference() throws {
    func codes(_ id: String) throws -> [Int] {
      let card = try catalogue.card(id)
      return (card.xids + card.variants.flatMap(\.xids)).map(\.code)
    }
    #expect(try codes("F07") == [74] && codes("F16") == [79] && codes("F27") == [48, 94])
    #expect(try codes("F17") == [119, 120, 62] && codes("F18") == [13, 31, 31])
    #expect(try codes("F13").isEmpty)
  }

  @Test func linesOfATableFitATerminal() {
    #expect(catalogue.cards.map(\.title.count).max()! <= 22)
    #expect(catalogue.cards.map(\.name.count).max()! <= 18)
  }
}
