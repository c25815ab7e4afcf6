/// The bytes and times of one layer's all-to-all within one expert-parallel group.
///
/// A device sends its tokens to the devices that hold their experts (dispatch), and the results return by the same ways
/// (combine). Every device's tokens go to the experts in the same proportions. Traffic within a host uses NVLink, the rest
/// each device's own network link; a device is done when the slowest of its four directions is.
package struct TokenExchange: Sendable {
  /// What dispatch does per member of the group; combine swaps the directions.
  package struct Member: Sendable {
    package var sent = 0.0
    package var received = 0.0
    package var linkSent = 0.0
    package var linkReceived = 0.0
    /// Seconds until all of this member's bytes have moved, by the bandwidth of its own links.
    package var duration = 0.0
    /// Seconds without credit on the network port during dispatch, and during combine.
    package var dispatchCreditWait = 0.0
    package var combineCreditWait = 0.0
  }

  package private(set) var members: [Member]

  /// The share of sending time that a healthy port spends without credit.
  private static let backgroundCreditWait = 0.02

  /// - Parameters:
  ///   - loads: Token-expert pairs that each member's experts receive.
  ///   - devices: The ranks of the members, in hosts of consecutive ranks.
  package init(
    loads: some Collection<Double>, devices: Range<Int>, cluster: Cluster, workload: Workload,
    device: DeviceSpecification, bandwidth: [Double]
  ) {
    let total = loads.reduce(0, +)
    var hostLoad = [Double](repeating: 0, count: cluster.shape.hosts)
    var hostMembers = [Double](repeating: 0, count: cluster.shape.hosts)
    for (rank, load) in zip(devices, loads) {
      hostLoad[cluster.host(of: rank)] += load
      hostMembers[cluster.host(of: rank)] += 1
    }
    let outgoing = workload.pairsPerDevice * workload.bytesPerToken
    let count = Double(devices.count)
    members = zip(devices, loads).map { rank, load in
      let host = cluster.host(of: rank)
      let incoming = load * workload.bytesPerToken
      var member = Member()
      member.sent = outgoing * (1 - hostLoad[host] / total)
      member.received = incoming * (1 - hostMembers[host] / count)
      member.linkSent = outgoing * (hostLoad[host] - load) / total
      member.linkReceived = incoming * (hostMembers[host] - 1) / count
      member.duration =
        device.collectiveLatency
        + max(
          max(member.sent, member.received) / (device.linkBandwidth * bandwidth[rank]),
          max(member.linkSent, member.linkReceived) / device.nvlinkBandwidth)
      return member
    }
    addCreditWaits(devices: devices, loads: loads, total: total, cluster: cluster, device: device, bandwidth: bandwidth)
  }

  /// A port lacks credit while its own link is slower than it should be, and while a receiver of its bytes is overrun.
  private mutating func addCreditWaits(
    devices: Range<Int>, loads: some Collection<Double>, total: Double, cluster: Cluster,
    device: DeviceSpecification, bandwidth: [Double]
  ) {
    let meanSending = members.reduce(0) { $0 + $1.sent } / device.linkBandwidth / Double(members.count)
    var overrun = [Double](repeating: 0, count: cluster.shape.hosts)
    for (i, (rank, load)) in zip(devices, loads).enumerated() {
      let receiving = members[i].received / (device.linkBandwidth * bandwidth[rank])
      overrun[cluster.host(of: rank)] += load / total * max(0, receiving - meanSending)
    }
    let all = overrun.reduce(0, +)
    for (i, rank) in devices.enumerated() {
      let stalled = all - overrun[cluster.host(of: rank)]
      let slowdown = 1 / bandwidth[rank] - 1 + Self.backgroundCreditWait
      members[i].dispatchCreditWait = members[i].sent / device.linkBandwidth * slowdown + stalled
      members[i].combineCreditWait = members[i].received / device.linkBandwidth * slowdown
    }
  }
}
