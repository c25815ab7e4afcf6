import Foundation
import StrataSimulation
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct ScrapeExportTests {
  /// The samples of a file, by name and labels, in the order of their lines.
  private func series(_ text: String) -> [(name: String, samples: [(time: Double, value: Double)])] {
    var series: [(name: String, samples: [(time: Double, value: Double)])] = []
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let end = line.lastIndex(of: "}").map { line.index(after: $0) } ?? line.firstIndex(of: " ")!
      let name = String(line[..<end])
      let numbers = line[end...].split(separator: " ").map { Double($0) ?? .nan }
      if series.last?.name != name { series.append((name, [])) }
      series[series.count - 1].samples.append((numbers[1], numbers[0]))
    }
    return series
  }

  private static let fault = "  - {kind: F13, at: 200, duration: 100, severity: 0.8, precursor: false}"

  private func isCounter(_ name: String) -> Bool {
    let plain = name.prefix { $0 != "{" }
    return plain.hasSuffix("_total") || plain.contains("ENERGY") || plain.hasSuffix("_VIOLATION")
      || plain.hasSuffix("Tcp_RetransSegs")
  }

  @Test func countersNeverFallWithoutARestart() throws {
    let cluster = try RecordedCluster(Self.fault, sensors: "counterResetsPerDay: 0", duration: 400)
    let counters = try series(cluster.folder.text(of: "run.om")).filter { isCounter($0.name) }
    #expect(counters.count > 300)
    for counter in counters {
      for (before, after) in zip(counter.samples, counter.samples.dropFirst()) {
        #expect(after.value >= before.value && after.time > before.time, "\(counter.name)")
      }
    }
  }

  /// Where a counter of the exposition has restarted, its increase in the store is missing.
  @Test func countersFallWhereTheStoreHasAGap() throws {
    let cluster = try RecordedCluster(
      Self.fault, sensors: "counterResetsPerDay: 300, missing: 0, clockOffset: 0", duration: 400)
    let name = "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION"
    let counters = try series(cluster.folder.text(of: "run.om")).filter { $0.name.hasPrefix(name) }
    let run = try RunStore(opening: cluster.folder("run.zarr")).read()
    let layer = try #require(run[.physical])
    let channel = try #require(layer.channels.firstIndex { $0.name == name })
    #expect(counters.count == 16)
    var falls = 0
    for (device, counter) in counters.enumerated() {
      let entity = try #require(
        layer.entities.firstIndex { $0.description == "c0/rack0/host\(device / 4)/gpu\(device % 4)" })
      #expect(counter.samples.count == 400)
      for (sample, (before, after)) in zip(counter.samples, counter.samples.dropFirst()).enumerated()
      where after.value < before.value {
        falls += 1
        #expect(layer.values[sample + 1, entity, channel].isNaN)
      }
    }
    #expect(falls > 5)
  }

  @Test func namesAndLabelsAreThoseOfTheExporters() throws {
    let cluster = try RecordedCluster(Self.fault, duration: 300)
    let text = try cluster.folder.text(of: "run.om")
    let names = series(text).map(\.name)
    #expect(Set(names).count == names.count)
    #expect(text.hasSuffix("# EOF\n"))
    let gpu = GPUIdentity(hostname: "c0-rack0-host1", index: 2, modelName: "NVIDIA H100 80GB HBM3")
    for name in [
      "DCGM_FI_DEV_GPU_TEMP{gpu=\"2\",UUID=\"\(gpu.uuid)\",pci_bus_id=\"\(gpu.pciBusID)\",device=\"nvidia2\","
        + "modelName=\"NVIDIA H100 80GB HBM3\",Hostname=\"c0-rack0-host1\"}",
      "node_load1{instance=\"c0-rack0-host0:9100\"}",
      "node_cpu_seconds_total{instance=\"c0-rack0-host3:9100\",mode=\"iowait\"}",
      "node_infiniband_port_data_transmitted_bytes_total{instance=\"c0-rack0-host1:9100\",device=\"mlx5_2\",port=\"1\"}",
      "megatron_lm_loss{job_name=\"train\"}", "megatron_moe_tokens{job_name=\"train\",layer=\"3\",expert=\"7\"}",
    ] {
      #expect(names.contains(name), "\(name)")
    }
  }

  /// Sample `k` is taken `k + 1` seconds after the start, by the clock of its host.
  @Test func timesAreThoseOfTheHostsClock() throws {
    let cluster = try RecordedCluster(Self.fault, sensors: "clockOffset: 0.3, missing: 0", duration: 300)
    let loads = try series(cluster.folder.text(of: "run.om")).filter { $0.name.hasPrefix("node_load1{") }
    let start = cluster.simulator.scenario.start
    let offsets = loads.map { $0.samples[0].time - start - 1 }
    #expect(loads.count == 4 && Set(offsets).count == 4)
    for (load, offset) in zip(loads, offsets) {
      for (sample, (time, _)) in load.samples.enumerated() {
        #expect((time - start - Double(sample + 1) - offset).magnitude < 0.002)
      }
    }
  }

  /// The reference reader is stricter than promtool: it refuses series and families that are not side by side.
  @Test func theReferenceReaderReadsTheFile() throws {
    let cluster = try RecordedCluster(Self.fault, duration: 300)
    let printed = try python(
      """
      import sys
      from prometheus_client.openmetrics.parser import text_string_to_metric_families
      families = list(text_string_to_metric_families(open(sys.argv[1]).read()))
      power = [f for f in families if f.name == "DCGM_FI_DEV_POWER_USAGE"][0]
      print(len(families), sum(len(f.samples) for f in families), power.type, len(power.samples))
      """, cluster.folder("run.om"))
    let numbers = printed.split(separator: " ")
    let own = series(try cluster.folder.text(of: "run.om"))
    #expect(numbers.count == 4 && numbers[2] == "gauge")
    #expect(Int(numbers[1]) == own.reduce(0) { $0 + $1.samples.count })
  }
}
