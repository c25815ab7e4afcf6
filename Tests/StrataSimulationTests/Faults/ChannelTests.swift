import StrataSimulation
import StrataTelemetry
import Testing

/// The channels of the standard catalogue are ones that some exporter reports.
@Suite struct ChannelTests {
  @Test func everyChannelOfEveryCardIsAnInstrument() {
    for card in FaultCatalogue.standard.cards {
      for channel in card.channels { #expect(Instrument.named(channel) != nil, "\(card.id): \(channel)") }
    }
  }

  @Test func channelsHaveNamesOfTheirOwn() {
    let names = Instrument.all.map(\.channel.name)
    #expect(Set(names).count == names.count)
  }

  @Test func everyInstrumentOfASignatureExists() {
    for (aspect, measures) in Signs.measures {
      for channel in measures.flatMap(\.channels) { #expect(Instrument.named(channel) != nil, "\(aspect): \(channel)") }
    }
    #expect(Set(Signs.measures.keys) == Set(FaultSignature.Aspect.allCases))
  }
}
