/// A set of devices that work on their own between collectives in which all of them take part.
package struct Collective: Sendable {
  package let members: Range<Int>
  /// When the last collective ended, in seconds.
  package private(set) var time = 0.0
  /// How long after `time` each member becomes free.
  private var offsets: [Double]

  package init(members: Range<Int>) {
    self.members = members
    offsets = [Double](repeating: 0, count: members.count)
  }

  /// Lets a member start later by so many seconds.
  package mutating func delay(_ rank: Int, by seconds: Double) { offsets[rank - members.lowerBound] += seconds }

  /// Lets a member compute what takes `nominal` seconds at nominal speed and `pace` times as long now.
  package mutating func work(_ rank: Int, _ nominal: Double, pace: Double, _ devices: inout [Occupancy]) {
    offsets[rank - members.lowerBound] += nominal * pace
    devices[rank].work += nominal * pace
    devices[rank].nominalWork += nominal
  }

  /// One collective. It starts when the last member arrives and ends when the slowest member's bytes have moved.
  ///
  /// - Parameter transfer: Seconds that the bytes of the member at an index take over its own link.
  package mutating func meet(_ devices: inout [Occupancy], transfer: (Int) -> Double) {
    var (start, longest) = (0.0, 0.0)
    for i in offsets.indices {
      start = max(start, offsets[i])
      longest = max(longest, transfer(i))
    }
    for i in offsets.indices {
      let own = transfer(i)
      devices[members.lowerBound + i].transfer += own
      devices[members.lowerBound + i].wait += start - offsets[i] + longest - own
      offsets[i] = 0
    }
    time += start + longest
  }
}
