/// How far apart the rows of an entity are, in samples.
struct RowSpacing {
  /// Wider spacings are counted as this one, which bounds memory.
  private static let limit = 4096

  private var last: [Int]
  private var counts: [Int: Int] = [:]

  init(entityCount: Int) { last = [Int](repeating: -1, count: entityCount) }

  /// Takes a row; one that is not later than the row before says nothing.
  mutating func add(sample: Int, of entity: Int) {
    if last[entity] >= 0, sample > last[entity] { counts[min(sample - last[entity], Self.limit), default: 0] += 1 }
    last[entity] = sample
  }

  /// The median; one when there are not two rows to compare.
  var median: Int {
    var remaining = (counts.values.reduce(0, +) + 1) / 2
    for (spacing, count) in counts.sorted(by: { $0.key < $1.key }) {
      remaining -= count
      if remaining <= 0 { return spacing }
    }
    return 1
  }
}
