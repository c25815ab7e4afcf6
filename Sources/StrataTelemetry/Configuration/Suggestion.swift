import StrataTensor

/// Finds the word somebody probably meant.
public enum Suggestion {
  /// The candidate with the fewest edits to `word`, the first of equals; `nil` when even that one needs more edits than
  /// a third of the longer word (at least one).
  ///
  /// - Complexity: O(candidates · length²).
  public static func closest(to word: String, among candidates: [String]) -> String? {
    Spelling.closest(to: word, among: candidates)
  }

  /// `"; did you mean 'width'?"`, or nothing when no candidate is close.
  public static func clause(for word: String, among candidates: [String]) -> String {
    closest(to: word, among: candidates).map { "; did you mean '\($0)'?" } ?? ""
  }

  /// The number of insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`.
  public static func editDistance(_ a: String, _ b: String) -> Int { Spelling.editDistance(a, b) }
}
