public import ArgumentParser
public import Strata

struct Faults: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say which faults the simulator knows.",
    discussion: """
      A fault is a card: where it lies, what it changes, how often something announces it, what it looks like on the \
      culprit and on those who wait for it, and which other faults look alike.

      Examples:
        strata faults list --layer physical
        strata faults show thermal-throttling
        strata faults show M1 --format json | jq .signature
      """,
    subcommands: [List.self, Show.self])

  /// Which cards are meant.
  struct Source: ParsableArguments {
    @Option(
      help: ArgumentHelp("A catalogue of your own in YAML, in place of the standard one.", valueName: "file"),
      completion: .file(extensions: ["yaml"]))
    var catalogue: String?

    /// - Throws: `MissingInput`, or `ConfigurationError` with file and line.
    func read() throws -> FaultCatalogue {
      guard let catalogue else { return .standard }
      try MissingInput.require(catalogue)
      return try FaultCatalogue(contentsOf: catalogue)
    }
  }
}

extension Faults {
  struct List: LoggingCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case table, json, markdown }

    static let configuration = CommandConfiguration(
      abstract: "List faults: what they are in, and how often something announces them.",
      usage: "strata faults list [--layer <layer>] [--unit <unit>] [options]",
      discussion: """
        The column 'precursor' says in which share of all cases something announces the fault.

        Examples:
          strata faults list
          strata faults list --unit host --no-benign
          strata faults list --format json | jq -r '.[].name'
        """)

    @Option(help: "Only faults whose cause lies in this layer.") var layer: TelemetryLayer?
    @Option(help: "Only faults in this kind of thing.") var unit: FaultCard.Unit?
    @Flag(inversion: .prefixedNo, help: "Only what needs no repair, or only what does.") var benign: Bool?
    @OptionGroup var source: Source
    @Option(help: "How the list is written: a table for people, JSON, or a table in Markdown.") var format = Format
      .table
    @OptionGroup var logs: LogOptions

    func run() throws {
      let cards = try source.read().cards.filter { card in
        (layer.map { $0 == card.layer } ?? true) && (unit.map { $0 == card.unit } ?? true)
          && (benign.map { $0 == card.isBenign } ?? true)
      }
      switch format {
      case .json: try Console.writeJSON(cards)
      case .table: try Console.write(FaultList(cards: cards).text(isColored: Console.isColored))
      case .markdown: try Console.write(FaultList(cards: cards).markdown)
      }
    }
  }

  struct Show: LoggingCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    static let configuration = CommandConfiguration(
      abstract: "Show everything about one fault.",
      usage: "strata faults show <fault> [options]",
      discussion: """
        Examples:
          strata faults show F13
          strata faults show hot-expert --format json
        """)

    @Argument(
      help: ArgumentHelp("An id such as F13, or a name such as hot-expert.", valueName: "fault"),
      completion: .list(FaultCatalogue.standard.cards.map(\.name)))
    var fault: String
    @OptionGroup var source: Source
    @Option(help: "How the card is written: a text for people, or JSON.") var format = Format.text
    @OptionGroup var logs: LogOptions

    func validate() throws {
      if source.catalogue == nil { _ = try card(in: .standard) }
    }

    func run() throws {
      let catalogue = try source.read()
      let card = try card(in: catalogue)
      switch format {
      case .json: try Console.writeJSON(card)
      case .text:
        try Console.write(FaultCardText(card: card, catalogue: catalogue).text(isColored: Console.isColored))
      }
    }

    private func card(in catalogue: FaultCatalogue) throws -> FaultCard {
      do { return try catalogue.card(fault) } catch {
        let problem = error.description
        throw ValidationError(
          problem.prefix(1).uppercased() + problem.dropFirst()
            + (problem.hasSuffix("?") ? "" : "; 'strata faults list' names all."))
      }
    }
  }
}

extension FaultCard.Unit: ExpressibleByArgument {}
