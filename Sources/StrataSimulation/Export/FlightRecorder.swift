import StrataTensor

/// The flight recorder of one rank: its last collectives, and how far each of its groups has come.
///
/// Only the last entries are kept, as in PyTorch (`TORCH_FR_BUFFER_SIZE`, 2000), while numbers go on counting.
///
/// Reference: `FlightRecorder` in PyTorch's `torch/csrc/distributed/c10d`, dump version 2.10.
public struct FlightRecorder: Sendable {
  /// Numbers that the recorder gives to a collective.
  struct Entry {
    var record: CollectiveRecord
    var number: Int
    var collectiveNumber: Int
    var pointToPointNumber: Int
    var operationNumber: Int
  }

  /// How far a group has come, in numbers of its collectives; -1 before the first.
  struct Progress {
    var enqueued = -1
    var started = -1
    var completed = -1
    var collectives = 0
    var messages = 0
    var operations = 0
  }

  public static let defaultCapacity = 2000

  let groups: [ProcessGroup]
  let calls: [CollectiveCall]
  private(set) var progress: [Progress]
  private let capacity: Int
  private var ring: [Entry] = []
  private var next = 0
  private var count = 0

  /// - Parameters:
  ///   - groups: The groups to which the rank belongs, in the order in which it joined them.
  ///   - calls: What its collectives are called with.
  ///   - capacity: How many entries are kept.
  /// - Precondition: `capacity` is positive, and the names of groups differ.
  public init(groups: [ProcessGroup], calls: [CollectiveCall], capacity: Int = FlightRecorder.defaultCapacity) {
    require(capacity > 0, "FlightRecorder: a capacity of \(capacity)")
    let names = groups.map(\.name)
    require(Set(names).count == names.count, "FlightRecorder: two groups of \(names) share a name")
    (self.groups, self.calls, self.capacity) = (groups, calls, capacity)
    progress = [Progress](repeating: Progress(), count: groups.count)
  }

  /// Takes the next collective of the rank.
  ///
  /// - Precondition: Its group and its call exist, and what is completed was started.
  public mutating func record(_ record: CollectiveRecord) {
    require(
      groups.indices.contains(record.group) && calls.indices.contains(record.call),
      "FlightRecorder: no group \(record.group) or no call \(record.call)")
    require(record.started != nil || record.completed == nil, "FlightRecorder: completed, but never started")
    let isMessage = calls[record.call].isPointToPoint
    progress[record.group].operations += 1
    if isMessage { progress[record.group].messages += 1 } else { progress[record.group].collectives += 1 }
    let now = progress[record.group]
    if !isMessage {
      progress[record.group].enqueued = now.collectives
      if record.started != nil { progress[record.group].started = now.collectives }
      if record.completed != nil { progress[record.group].completed = now.collectives }
    }
    let entry = Entry(
      record: record, number: count, collectiveNumber: now.collectives, pointToPointNumber: now.messages,
      operationNumber: now.operations)
    if ring.count < capacity { ring.append(entry) } else { ring[next] = entry }
    next = (next + 1) % capacity
    count += 1
  }

  /// Visits what is kept, oldest first.
  func forEachEntry<Failure>(_ visit: (Entry) throws(Failure) -> Void) throws(Failure) {
    for place in 0..<ring.count { try visit(ring[ring.count < capacity ? place : (next + place) % capacity]) }
  }
}
