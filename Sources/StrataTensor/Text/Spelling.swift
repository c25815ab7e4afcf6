/// Compares words that somebody typed with those that were meant.
package enum Spelling {
  /// The candidate with the fewest edits to `word`, the first of equals; `nil` when even that one needs more edits than
  /// a third of the longer word (at least one).
  ///
  /// - Complexity: O(candidates · length²).
  package static func closest(to word: String, among candidates: [String]) -> String? {
    let scored = candidates.map {
      (candidate: $0, edits: editDistance(word.lowercased(), $0.lowercased()))
    }
    guard let best = scored.min(by: { $0.edits < $1.edits }) else { return nil }
    return best.edits <= max(1, max(word.count, best.candidate.count) / 3) ? best.candidate : nil
  }

  /// The number of insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`.
  ///
  /// Reference: Damerau, "A technique for computer detection and correction of spelling errors", CACM 1964 (the
  /// restricted form, in which no part is edited twice).
  package static func editDistance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
