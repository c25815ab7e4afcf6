/// How far the ranks of a job come in a step that never ends.
///
/// A rank stops in a collective until all of its members have entered it. Some rank stays away from it or enters it and
/// moves no byte, so that one group after another stops, until all ranks stand.
struct StalledStep {
  /// What is wrong with a rank.
  enum Blockage: Hashable {
    /// It enters no further collective.
    case absent
    /// It enters collectives, but none with a member on another host ends.
    case silent
  }

  /// How many operations of the step each rank has completed.
  private(set) var completed: [Int]
  /// Whether the rank has entered the operation after those.
  private(set) var isWaiting: [Bool]

  private let map: RankMap
  private let programs: [CollectiveProgram]
  private let blockages: [Int: Blockage]
  private let hosts: [Int]
  /// Up to which operation a blocked rank comes.
  private let limit: Double
  private var arrivals: [Instance: [Int]] = [:]
  private var passed: [[Int]]
  private var sent: Set<Message> = []
  private var receivers: [Message: Int] = [:]

  private struct Instance: Hashable {
    let group: CollectiveProgram.Group
    let number: Int
    let ordinal: Int
  }

  private struct Message: Hashable {
    let sender: Int
    let phase: CollectiveProgram.Phase
  }

  /// - Parameters:
  ///   - blockages: What is wrong with which ranks.
  ///   - hosts: The host of every rank.
  ///   - progress: The part of the step after which it goes wrong.
  /// - Complexity: O(ranks · operations).
  init(
    _ map: RankMap, _ programs: [CollectiveProgram], blockages: [Int: Blockage], hosts: [Int], progress: Double
  ) {
    (self.map, self.programs, self.blockages, self.hosts, limit) = (map, programs, blockages, hosts, progress)
    completed = [Int](repeating: 0, count: map.count)
    isWaiting = [Bool](repeating: false, count: map.count)
    passed = [[Int]](
      repeating: [Int](repeating: 0, count: CollectiveProgram.Group.allCases.count), count: map.count)
    var ready = Array(0..<map.count)
    while let rank = ready.popLast() { advance(rank, &ready) }
  }

  private mutating func advance(_ rank: Int, _ ready: inout [Int]) {
    let operations = programs[map.stage(of: rank)].operations
    while completed[rank] < operations.count {
      let place = completed[rank]
      let isBlocked = blockages[rank] != nil && Double(place) >= limit * Double(operations.count)
      if isBlocked && blockages[rank] == .absent { return }
      let operation = operations[place]
      switch operation.call {
      case .send:
        if isBlocked {
          isWaiting[rank] = true
          return
        }
        let message = Message(sender: rank, phase: operation.phase)
        sent.insert(message)
        completed[rank] += 1
        if let receiver = receivers.removeValue(forKey: message) {
          pass(receiver)
          ready.append(receiver)
        }
      case .receive:
        let message = Message(sender: sender(to: rank, operation.phase), phase: operation.phase)
        guard !isBlocked && sent.contains(message) else {
          isWaiting[rank] = true
          if !isBlocked { receivers[message] = rank }
          return
        }
        completed[rank] += 1
      default:
        guard enter(operation.group, rank, isBlocked: isBlocked, &ready) else { return }
      }
    }
  }

  /// Lets a rank enter a collective; true when that completes it.
  private mutating func enter(
    _ group: CollectiveProgram.Group, _ rank: Int, isBlocked: Bool, _ ready: inout [Int]
  ) -> Bool {
    let (members, number) = map.members(group, of: rank)
    let instance = Instance(group: group, number: number, ordinal: passed[rank][group.rawValue])
    let here = hosts[rank]
    isWaiting[rank] = true
    // A port that is down stops no collective within a host.
    if isBlocked && members.contains(where: { hosts[$0] != here }) { return false }
    var arrived = arrivals.removeValue(forKey: instance) ?? []
    arrived.append(rank)
    guard arrived.count == members.count else {
      arrivals[instance] = arrived
      return false
    }
    for member in arrived {
      pass(member)
      passed[member][group.rawValue] += 1
      if member != rank { ready.append(member) }
    }
    return true
  }

  private mutating func pass(_ rank: Int) {
    completed[rank] += 1
    isWaiting[rank] = false
  }

  private func sender(to rank: Int, _ phase: CollectiveProgram.Phase) -> Int {
    if case .forward = phase { rank - map.stageSize } else { rank + map.stageSize }
  }
}
