import StrataTensor

/// The exact signals of every entity over some samples, before any sensor has seen them.
package struct SignalBlock: Sendable {
  /// How many entities there are of each kind.
  package let counts: [Int]
  /// The sample of the first row.
  package let firstSample: Int
  package private(set) var sampleCount = 0
  /// Rows of `[entity, signal]` per kind.
  private var values: [[Float]]

  package init(counts: [Int], firstSample: Int, reserving samples: Int) {
    (self.counts, self.firstSample) = (counts, firstSample)
    values = EntityKind.allCases.map { kind in
      var rows: [Float] = []
      rows.reserveCapacity(samples * counts[kind.rawValue] * kind.signalCount)
      return rows
    }
  }

  package var samples: Range<Int> { firstSample..<firstSample + sampleCount }

  /// A signal of the entity with a number, at a sample of the run.
  ///
  /// - Precondition: The sample and the entity exist.
  package subscript<Signal: SignalSet>(sample: Int, kind: EntityKind, entity: Int, signal: Signal) -> Float {
    self[sample, kind, entity, signal.rawValue]
  }

  package subscript(sample: Int, kind: EntityKind, entity: Int, signal: Int) -> Float {
    values[kind.rawValue][
      ((sample - firstSample) * counts[kind.rawValue] + entity) * kind.signalCount + signal]
  }

  /// The rows of a kind, for those who go through all of them.
  package func rows(_ kind: EntityKind) -> [Float] { values[kind.rawValue] }

  /// Appends the signals of all entities of a kind for the sample that is being written.
  mutating func append(_ rows: [Float], of kind: EntityKind) {
    require(
      rows.count == counts[kind.rawValue] * kind.signalCount,
      "SignalBlock: \(rows.count) values for \(counts[kind.rawValue]) of kind \(kind)")
    values[kind.rawValue] += rows
  }

  /// Ends the sample that is being written.
  mutating func endSample() { sampleCount += 1 }
}
