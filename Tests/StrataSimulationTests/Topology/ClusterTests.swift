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
    #expect(cluster.device(at: "c7/rack1/host0/gpu1") == 9)
    #expect(cluster.device(at: "c7/rack1/host0/gpu2") == nil)
    #expect(cluster.host(of: 9) == 4 && cluster.rack(of: 9) == 1 && cluster.slot(of: 9) == 1)
    #expect(cluster.devices == cluster.devices.sorted())
  }

  @Test func everyGroupHoldsEveryExpertOnce() {
    let placement = ExpertPlacement(experts: 64, groupSize: 32, devices: 64)
    for group in 0..<2 {
      let held = placement.members(of: group).flatMap { Array(placement.experts(of: $0)) }
      #expect(held == Array(0..<64))
    }
    #expect(placement.devices(holding: 37) == [18, 50])
    for device in [18, 50] { #expect(placement.experts(of: device).contains(37)) }
  }

  @Test func attributesSayWhereADeviceBelongs() {
    let cluster = Cluster(ClusterShape(hosts: 8))
    let placement = ExpertPlacement(experts: 64, groupSize: 32, devices: 64)
    let attributes = cluster.attributes(placement: placement)
    #expect(attributes.count == 1 + 2 + 8 + 64)
    #expect(
      attributes["c0/rack1/host0/gpu5"] == [
        "role": "gpu", "rank": "37", "rail": "5", "expertGroup": "1", "experts": "10-11",
      ])
    #expect(attributes["c0/rack1"] == ["role": "rack"])
  }
}
