import StrataSimulation
import StrataTelemetry
import Testing

@Suite struct ClusterTests {
  @Test func numbersHostsWithinRacks() {
    let cluster = Cluster(ClusterShape(name: "c7", hosts: 6, devicesPerHost: 2, hostsPerRack: 4))
    #expect(cluster.racks == ["c7/rack0", "c7/rack1"])
    #expect(cluster.hosts.map(\.description).suffix(3) == ["c7/rack0/host3", "c7/rack1/host0", "c7/rack1/host1"])
    #expect(cluster.devices.count == 12)
    #expect(cluster.devices[9] == "c7/rack1/host0/gpu1")
    #expect(cluster.place(at: "c7/rack1/host0/gpu1") == .device(9))
    #expect(cluster.place(at: "c7/rack1/host0/gpu2") == nil)
    #expect(cluster.host(of: 9) == 4 && cluster.rack(ofHost: 4) == 1 && cluster.slot(of: 9) == 1)
    #expect(cluster.devices == cluster.devices.sorted())
  }

  /// Rails meet at leaves of their own; power and cooling are shared by racks.
  @Test func sharesSwitchesPowerAndCooling() {
    let cluster = Cluster(
      ClusterShape(
        hosts: 12, devicesPerHost: 4, hostsPerRack: 2, hostsPerLeaf: 8, racksPerPowerDomain: 2, racksPerCoolingZone: 4))
    #expect(cluster.leaves.count == 2 * 4 && cluster.powerDomains.count == 3 && cluster.coolingZones.count == 2)
    #expect(cluster.leaf(of: 7 * 4 + 3) == 3 && cluster.leaf(of: 8 * 4 + 3) == 7)
    #expect(cluster.devices(at: .leaf(7)) == (8..<12).map { $0 * 4 + 3 })
    #expect(cluster.hosts(at: .leaf(7)) == [8, 9, 10, 11])
    #expect(cluster.hosts(at: .powerDomain(1)) == [4, 5, 6, 7])
    #expect(cluster.hosts(at: .coolingZone(1)) == [8, 9, 10, 11])
    #expect(cluster.hosts(at: .rack(5)) == [10, 11])
    #expect(cluster.devices(at: .fabric).count == 48)
    #expect(cluster.place(at: "c0/fabric/leaf7") == .leaf(7) && cluster.place(at: "c0/power1") == .powerDomain(1))
  }

  @Test func attributesSayWhereADeviceBelongs() {
    let cluster = Cluster(ClusterShape(hardware: .ascend, hosts: 8))
    #expect(
      cluster.attributes["c0/rack1/host0/npu5"] == ["role": "npu", "rail": "5", "leaf": "leaf5", "port": "mlx5_5"])
    #expect(cluster.attributes["c0/rack1/host0"] == ["role": "host", "power": "power0", "cooling": "cooling0"])
    #expect(cluster.attributes["c0"] == ["role": "cluster", "hardware": "ascend"])
  }

  @Test(arguments: Hardware.allCases) func presetsAreConsistent(hardware: Hardware) {
    let device = hardware.specification
    #expect(device.lowestClock < device.highestClock)
    var busy = Activity()
    busy.setProcessor(work: 1, expert: 0.5, nominal: 1, wait: 0, transfer: 0, duration: 1)
    let power = device.power(busy, clock: device.highestClock)
    // Work takes a device near its limit, and waiting takes about half of that.
    #expect((0.75...1.25).contains(power / device.powerLimit), "\(power) W")
    let spinning = device.power(.spinning, clock: device.highestClock)
    #expect((0.2...0.6).contains(spinning / device.powerLimit), "\(spinning) W")
    #expect(device.power(.idle, clock: device.highestClock) == device.idlePower)
  }
}
