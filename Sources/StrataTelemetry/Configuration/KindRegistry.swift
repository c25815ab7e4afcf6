import StrataTensor

/// The kinds of one part of a model that a program added, by their names in a configuration.
///
/// A class with a lock that belongs to the process, and no value that is passed: configurations are read wherever a file,
/// a run folder or a checkpoint is opened, also by code that knows nothing of a kind of one's own. It only grows, and a
/// name means one type for the whole process, so that what a configuration means does not depend on who reads it.
package final class KindRegistry<Settings: Sendable>: Sendable {
  private struct Entry {
    let settings: Settings
    let type: ObjectIdentifier
  }

  private let part: String
  private let builtIn: [String]
  private let entries = Guarded<[String: Entry]>([:])

  /// - Parameters:
  ///   - part: What the part is called in messages.
  ///   - builtIn: The kinds of this library, which cannot be replaced.
  package init(_ part: String, builtIn: [String]) { (self.part, self.builtIn) = (part, builtIn) }

  /// Adds a kind; the same type again changes nothing.
  ///
  /// - Precondition: No other type has the name.
  package func register(_ settings: Settings, named name: String, type: Any.Type) {
    require(
      !builtIn.contains(name), "register: '\(name)' is \(part) of this library; choose another name"
    )
    let entry = Entry(settings: settings, type: ObjectIdentifier(type))
    let known = entries.withLock { entries in
      let known = entries[name]
      if known == nil { entries[name] = entry }
      return known ?? entry
    }
    require(
      known.type == entry.type,
      "register: '\(name)' is already \(part) of another type, now of \(type)")
  }

  /// What was registered under a name.
  package subscript(_ name: String) -> Settings? { entries.withLock { $0[name]?.settings } }

  /// Every kind that a configuration may name: those of this library, then the registered ones, sorted.
  package var names: [String] { builtIn + entries.withLock { $0.keys.sorted() } }
}
