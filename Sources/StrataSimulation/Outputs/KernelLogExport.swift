import StrataTensor

/// Writes what the kernels of a run's hosts say: Xids of devices, and processes that were killed for want of memory.
struct KernelLogExport: ~Copyable {
  private var writer: KernelLogWriter
  private let world: World
  private let identities: [GPUIdentity]
  private let hostnames: [String]
  private let clocks: [Double]
  /// The killed processes that each host has counted.
  private var kills: [Float]

  init(path: String, _ world: World, clocks: [Double]) throws(FileError) {
    writer = try KernelLogWriter(path: path)
    (self.world, self.clocks) = (world, clocks)
    (identities, hostnames) = (world.identities, world.hostnames)
    kills = [Float](repeating: 0, count: hostnames.count)
  }

  mutating func append(_ block: RecordedBlock) throws(FileError) {
    let scenario = world.scenario
    for sample in block.signals.samples {
      let begin = Double(sample) * scenario.interval
      for (host, name) in hostnames.enumerated() {
        let clock =
          scenario.start + clocks[host] + Double(block.signals[sample, .host, host, HostSignal.clockOffset])
        for device in world.cluster.devices(ofHost: host) {
          let code = Int(block.signals[sample, .device, device, DeviceSignal.xid])
          guard code != 0, let xid = Xid(code) else { continue }
          let moment = moment(of: code, device: device, from: begin, seconds: scenario.interval)
          try writer.write(
            XidEvent(time: clock + moment, gpu: identities[device], xid: xid, process: process(code, device)))
        }
        let killed = block.signals[sample, .host, host, HostSignal.kills]
        if killed > kills[host] {
          let identifier = Self.identifier(slot: 0)
          try writer.write(
            "Out of memory: Killed process \(identifier) (pt_main_thread) total-vm:2147483648kB, "
              + "anon-rss:1073741824kB, file-rss:65536kB, shmem-rss:0kB, UID:0 pgtables:2097152kB oom_score_adj:0",
            at: clock + begin + scenario.interval / 2, host: name)
        }
        kills[host] = killed
      }
    }
  }

  consuming func complete() throws(FileError) { try writer.complete() }

  /// When in a sample a message came: at its fault's time, or in the middle.
  private func moment(of code: Int, device: Int, from begin: Double, seconds: Double) -> Double {
    for fault in world.plan.faults where fault.devices.contains(device) {
      for xid in fault.xids where xid.code == code && (begin..<begin + seconds).contains(fault.onset + xid.after) {
        return fault.onset + xid.after
      }
    }
    return begin + seconds / 2
  }

  /// The driver blames the process of the rank for what a channel did.
  private func process(_ code: Int, _ device: Int) -> XidEvent.Process? {
    guard [13, 31, 43, 45, 94].contains(code), world.occupants[device] != nil else { return nil }
    return XidEvent.Process(
      identifier: Self.identifier(slot: world.cluster.slot(of: device)), name: "pt_main_thread")
  }

  private static func identifier(slot: Int) -> Int { 20_011 + 41 * slot }
}
