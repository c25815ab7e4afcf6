import StrataTelemetry
import StrataTensor

/// The sums of four of all entities of one role in one cluster (``SumModel``).
struct SumStream: RoleStream {
  let model: SumModel
  private(set) var members: [EntityPath] = []
  private(set) var isKnown: [Bool] = []
  /// Per member, the last ``EntityParts/lead`` standardised samples, `[time, channel]`.
  private var pasts: [NDArray] = []
  /// Per member and channel, samples since the last one; −1 before the first.
  private var gaps: [[Int]] = []

  init(_ model: SumModel) { self.model = model }

  var channels: [ChannelReference] { model.channels }

  mutating func add(_ member: EntityPath) {
    members.append(member)
    isKnown.append(model.place(of: member) != nil)
    pasts.append(NDArray([0, channels.count], []))
    gaps.append([Int](repeating: -1, count: channels.count))
  }

  mutating func push(_ rows: UnsafeBufferPointer<Float>, count: Int) -> RoleScores {
    let width = channels.count
    var result = RoleScores()
    result.scores = [Float](repeating: 0, count: count * members.count)
    result.own = [Float](repeating: 0, count: count * cellCount)
    result.common = [Float](repeating: 0, count: count * width)
    guard count > 0 else { return result }
    for (member, entity) in members.enumerated() {
      let parts = model.parts(of: entity)
      let samples = NDArray([count, width]) { out in
        for time in 0..<count {
          for channel in 0..<width {
            out[time * width + channel] = rows[(time * members.count + member) * width + channel]
          }
        }
      }
      let present = EntityParts.standardise(
        samples, parts.columns, longestGaps: parts.longestGaps, gaps: &gaps[member])
      let past = pasts[member]
      let all = past.shape[0] > 0 ? concatenate([past, present], axis: 0) : present
      let scores = parts.scores(of: all, from: past.shape[0])
      let excess = EntityParts.excess(of: all, from: past.shape[0])
      for time in 0..<count {
        let place = time * members.count + member
        result.scores[place] = scores[time]
        for channel in 0..<width { result.own[place * width + channel] = excess[time * width + channel] }
      }
      pasts[member] = all.rows(max(all.shape[0] - EntityParts.lead, 0)..<all.shape[0])
    }
    return result
  }

  var state: RoleState {
    RoleState(
      arrays: ["past": pasts.flatMap(\.elements)],
      counts: ["past": pasts.map { $0.shape[0] }, "gaps": gaps.flatMap { $0 }])
  }

  mutating func restore(_ state: RoleState) -> Bool {
    let width = channels.count
    guard let past = state.arrays["past"], let lengths = state.counts["past"], lengths.count == members.count,
      lengths.allSatisfy({ (0...EntityParts.lead).contains($0) }), past.count == lengths.reduce(0, +) * width,
      let gaps = state.counts["gaps"], gaps.count == cellCount, gaps.allSatisfy({ $0 >= -1 })
    else { return false }
    var start = 0
    pasts = lengths.map { length in
      defer { start += length * width }
      return NDArray([length, width], Array(past[start..<start + length * width]))
    }
    self.gaps = members.indices.map { Array(gaps[$0 * width..<($0 + 1) * width]) }
    return true
  }
}
