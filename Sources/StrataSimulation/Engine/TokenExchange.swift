import StrataTensor

/// The bytes and times of one layer's all-to-all within one group of experts, for one micro-batch.
///
/// A rank sends its tokens to the ranks that hold their experts (dispatch), and the results return by the same ways
/// (combine). Every rank's tokens go to the experts in the same proportions. Traffic within a host uses NVLink, the rest
/// each device's own port; a rank is done when the slowest of its four directions is.
package struct TokenExchange: Sendable {
  /// What dispatch does per member of the group; combine swaps the directions.
  package struct Member: Sendable {
    package var sent = 0.0
    package var received = 0.0
    package var linkSent = 0.0
    package var linkReceived = 0.0
    /// Seconds until all of this member's bytes have moved, by its own bandwidth.
    package var duration = 0.0
    /// Seconds during which the port has no credit, in dispatch and combine together.
    package var creditWait = 0.0
    /// Seconds during which more arrives than an even load would bring.
    package var incast = 0.0
  }

  package private(set) var members: [Member]
  /// Seconds from the start of a dispatch or a combine until the slowest member is done.
  package private(set) var duration = 0.0

  /// The share of sending time that a healthy port spends without credit.
  private static let backgroundCreditWait = 0.02

  /// - Parameters:
  ///   - loads: Token-expert pairs that each member's experts receive, relative to an even load.
  ///   - hosts: The host of each member, numbered from zero within the group.
  ///   - bytes: What one member sends in a dispatch.
  package init(
    loads: [Double], hosts: [Int], hostCount: Int, bytes: Double, resources: ArraySlice<RankResources>,
    _ specification: DeviceSpecification
  ) {
    let count = Double(loads.count)
    var hostLoad = [Double](repeating: 0, count: hostCount)
    var hostMembers = [Double](repeating: 0, count: hostCount)
    for (host, load) in zip(hosts, loads) {
      hostLoad[host] += load / count
      hostMembers[host] += 1 / count
    }
    members = [Member](repeating: Member(), count: loads.count)
    var overrun = [Double](repeating: 0, count: hostCount)
    let first = resources.startIndex
    for i in members.indices {
      let (host, load, own) = (hosts[i], loads[i], resources[first + i])
      var member = Member()
      member.sent = bytes * (1 - hostLoad[host])
      member.received = bytes * load * (1 - hostMembers[host])
      member.linkSent = bytes * max(0, hostLoad[host] - load / count)
      member.linkReceived = bytes * load * (hostMembers[host] - 1 / count)
      member.duration =
        specification.collectiveLatency
        + max(
          max(member.sent, member.received) / max(own.expertPort, 1),
          max(member.linkSent, member.linkReceived) / max(own.nvlink, 1))
      let even = bytes * (1 - hostMembers[host]) / specification.linkBandwidth
      let receiving = member.received / max(own.expertPort, 1)
      member.incast = max(0, receiving - 1.05 * even)
      overrun[host] += load / count * max(0, receiving - even)
      duration = max(duration, member.duration)
      members[i] = member
    }
    // A port lacks credit while its own way is slower than it should be, and while a receiver of its bytes is overrun.
    let all = overrun.reduce(0, +)
    for i in members.indices {
      let slowdown = specification.linkBandwidth / max(resources[first + i].expertPort, 1) - 1
      let sending = (members[i].sent + members[i].received) / specification.linkBandwidth
      members[i].creditWait = sending * (max(0, slowdown) + Self.backgroundCreditWait) + all - overrun[hosts[i]]
    }
  }
}
