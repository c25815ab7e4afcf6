public import StrataTelemetry
import StrataYAML

extension FaultCatalogue {
  /// Reads a catalogue.
  ///
  /// - Parameter path: A YAML file whose only key `cards` lists the cards; see ``FaultCatalogue`` for their keys.
  /// - Throws: `ConfigurationError` with file and line when the file cannot be read, a key is missing, misspelt or of
  ///   the wrong type, an effect names a quantity that does not exist or changes nothing, an id or name occurs twice,
  ///   or a twin does not exist or does not name its twin in return.
  public init(contentsOf path: String) throws(ConfigurationError) {
    try self.init(ConfigurationNode(contentsOf: path))
  }

  /// Reads a catalogue from a text; `source` stands for the file name in errors.
  ///
  /// - Throws: `ConfigurationError`, as for a file.
  public init(parsing text: String, source: String) throws(ConfigurationError) {
    try self.init(ConfigurationNode(parsing: text, source: source))
  }

  private init(_ root: ConfigurationNode) throws(ConfigurationError) {
    let nodes = try root.nodes("cards")
    guard !nodes.isEmpty else { throw root.error("'cards' is empty", at: "cards") }
    var cards: [FaultCard] = []
    for node in nodes {
      let card = try FaultCard(node)
      if let other = cards.first(where: { FaultIdentifier($0.id) == FaultIdentifier(card.id) }) {
        throw node.error("'\(node.path).id' repeats '\(other.id)'", at: "id")
      }
      guard !cards.contains(where: { $0.name == card.name }) else {
        throw node.error("'\(node.path).name' repeats '\(card.name)'", at: "name")
      }
      cards.append(card)
    }
    try root.finish()
    try Self.checkTwins(of: cards, nodes)
    self.init(checked: cards)
  }

  private static func checkTwins(of cards: [FaultCard], _ nodes: [ConfigurationNode]) throws(ConfigurationError) {
    for (card, node) in zip(cards, nodes) {
      for id in card.twins {
        guard id != card.id else { throw node.error("'\(node.path).twins' names '\(id)' itself", at: "twins") }
        guard let twin = cards.first(where: { $0.id == id }) else {
          throw node.error("'\(node.path).twins' names '\(id)', which is no card of this catalogue", at: "twins")
        }
        guard twin.twins.contains(card.id) else {
          throw node.error("'\(node.path).twins' names '\(id)', which does not name '\(card.id)'", at: "twins")
        }
      }
    }
  }
}
