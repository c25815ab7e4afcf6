import StrataTelemetry

/// The types of faults that can be injected, by id and name.
public struct FaultCatalogue: Hashable, Sendable {
  /// The cards, in the order in which they are written.
  public let cards: [FaultCard]

  /// Precondition: the cards have been checked together.
  init(checked cards: [FaultCard]) { self.cards = cards }

  /// The catalogue that comes with the library: 40 faults of any training job and 12 of mixtures of experts.
  ///
  /// It is part of the program, so that a copied executable needs no other file.
  public static let standard: FaultCatalogue = {
    do {
      return try FaultCatalogue(
        parsing: String(decoding: PackageResources.catalogue_yaml, as: UTF8.self), source: "catalogue.yaml")
    } catch {
      fatalError("the standard fault catalogue is damaged: \(error)")
    }
  }()

  /// The card with this id or name; nil when there is none.
  ///
  /// Ids may be written in any case and with or without leading zeros (`f1` is `F01`), names in any case.
  ///
  /// - Complexity: O(cards).
  public subscript(_ key: String) -> FaultCard? {
    let id = FaultIdentifier(key)
    let name = key.lowercased()
    return cards.first { $0.name == name || id != nil && FaultIdentifier($0.id) == id }
  }

  /// The card with this id or name.
  ///
  /// - Throws: ``UnknownFault``, with the name that was probably meant.
  public func card(_ key: String) throws(UnknownFault) -> FaultCard {
    guard let card = self[key] else { throw UnknownFault(key, in: self) }
    return card
  }
}

/// Somebody named a fault that the catalogue does not have.
public struct UnknownFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// The id or name as it was written.
  public let key: String
  public let description: String

  init(_ key: String, in catalogue: FaultCatalogue) {
    self.key = key
    let hint: String
    if FaultIdentifier(key) != nil {
      hint = "; the ids are \(Self.spans(of: catalogue.cards.map(\.id)))"
    } else {
      hint = Suggestion.clause(for: key, among: catalogue.cards.map(\.name))
    }
    description = "there is no fault '\(key)'\(hint)"
  }

  /// `F01 to F40 and M1 to M12`: for each letter the first and the last id.
  private static func spans(of ids: [String]) -> String {
    var spans: [(first: String, last: String)] = []
    for id in ids {
      if let last = spans.last, last.first.prefix(1) == id.prefix(1) {
        spans[spans.count - 1].last = id
      } else {
        spans.append((id, id))
      }
    }
    return spans.map { $0.first == $0.last ? $0.first : "\($0.first) to \($0.last)" }.joined(separator: " and ")
  }
}

/// An id of a card: a letter and a number.
struct FaultIdentifier: Hashable {
  let letter: Character
  let number: Int

  /// Nil unless the text is one letter, in any case, and one to three digits.
  init?(_ text: String) {
    let digits = text.dropFirst()
    guard let letter = text.uppercased().first, letter.isASCII, letter.isLetter, (1...3).contains(digits.utf8.count),
      digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let number = Int(digits)
    else { return nil }
    (self.letter, self.number) = (letter, number)
  }
}
