import StrataSimulation
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct LogExportTests {
  private static let crash =
    "  - {kind: hbm-errors, entity: c0/rack0/host0/gpu3, at: 300, duration: 60, severity: 1, precursor: false}"

  private struct Line {
    let iteration: Int
    let fields: [String: Double]
  }

  private func iterations(_ text: String) -> [Line] {
    text.split(separator: "\n").filter { $0.contains("] iteration ") }.map { line in
      let parts = line.split(separator: "|").map { $0.trimmingPrefix { $0 == " " } }
      let number = parts[0].split(separator: "iteration")[1].split(separator: "/")[0]
      var fields: [String: Double] = [:]
      for part in parts.dropFirst() {
        guard let colon = part.lastIndex(of: ":") else { continue }
        fields[String(part[..<colon])] = Double(part[part.index(after: colon)...].split(separator: " ")[0])
      }
      return Line(iteration: Int(number.filter(\.isNumber)) ?? -1, fields: fields)
    }
  }

  @Test func everyFinishedIterationHasALineAndNoOther() throws {
    let cluster = try RecordedCluster(Self.crash)
    let lines = try iterations(cluster.folder.text(of: "train.log"))
    let run = try RunStore(opening: cluster.folder("run.zarr")).read()
    let layer = try #require(run[.application])
    let job = try #require(layer.entities.firstIndex { $0.description == "c0/train" })
    let loss = try #require(layer.channels.firstIndex { $0.name == "lm loss" })
    for (before, after) in zip(lines, lines.dropFirst()) where after.iteration != before.iteration + 1 {
      // After the crash training goes on from the last checkpoint.
      #expect(after.iteration <= before.iteration)
    }
    #expect(zip(lines, lines.dropFirst()).count { $1.iteration != $0.iteration + 1 } == 1)
    #expect(lines.count > 100 && lines[0].iteration > 20_000)
    let logged = Set(lines.compactMap { $0.fields["lm loss"] }.map { Float($0) })
    var seen = 0
    for sample in 0..<run.sampleCount where !layer.values[sample, job, loss].isNaN {
      let value = layer.values[sample, job, loss]
      if logged.contains(where: { ($0 - value).magnitude < 1e-5 }) { seen += 1 }
    }
    #expect(seen > run.sampleCount * 9 / 10)
  }

  @Test func checkpointsEvaluationsAndRestartsAreLogged() throws {
    let text = try RecordedCluster(Self.crash).folder.text(of: "train.log")
    #expect(text.contains("saving checkpoint at iteration   20"))
    #expect(text.contains(" to checkpoints in torch_dist format\n"))
    #expect(text.contains("  successfully saved checkpoint from iteration   20"))
    #expect(text.contains(" validation loss at iteration 20"))
    #expect(
      text.contains(
        "using world size: 16, data-parallel size: 8, context-parallel size: 1, hierarchical context-parallel sizes: "
          + "None, tensor-model-parallel size: 1, pipeline-model-parallel size: 2\n"))
    #expect(text.contains(" loading distributed checkpoint from checkpoints at iteration 20"))
    #expect(text.contains("    forward-backward ...............................: ("))
  }

  @Test func xidsStandInTheKernelLogOfTheirHost() throws {
    let cluster = try RecordedCluster(Self.crash, sensors: "clockOffset: 0")
    let lines = try cluster.folder.text(of: "kern.log").split(separator: "\n")
    let bus = GPUIdentity(hostname: "c0-rack0-host0", index: 3, modelName: "").kernelBusID
    #expect(
      lines.contains(
        "2026-01-05T00:05:00.000000+00:00 c0-rack0-host0 kernel: NVRM: Xid (PCI:\(bus)): 48, pid='<unknown>', "
          + "name=<unknown>, An uncorrectable double bit error (DBE) has been detected on GPU in the framebuffer at "
          + "physAddr 0x7fdf0de80 partition 5, subpartition 1"))
    #expect(lines.contains { $0.hasPrefix("2026-01-05T00:05:01.000000") && $0.contains(": 94, pid=20134, name=") })
  }

  @Test func everyXidOfTheCatalogueHasAText() {
    for card in FaultCatalogue.standard.cards {
      for xid in card.xids + card.variants.flatMap(\.xids) { #expect(Xid(xid.code) != nil, "\(card.id): \(xid.code)") }
    }
  }

  @Test func severalJobsHaveALogEach() throws {
    let folder = TemporaryFolder()
    let scenario = try Scenario(
      parsing: """
        name: two
        duration: 120
        interval: 1
        training: 20
        cluster: {hosts: 2, devicesPerHost: 2}
        jobs:
          - {name: a, hosts: 1, training: {expertParallel: 2, experts: 4, layers: 2}}
          - {name: b, training: {expertParallel: 2, experts: 4, layers: 2}}
        """, source: "test")
    var outputs = SimulationOutputs()
    outputs.megatronLog = folder("train.log")
    #expect(outputs.megatronLogs(of: scenario) == [folder("train.log.a"), folder("train.log.b")])
    try Simulator(scenario, seed: 1).write(to: outputs)
    #expect(folder.names() == ["train.log.a", "train.log.b"])
    #expect(try folder.text(of: "train.log.a") != folder.text(of: "train.log.b"))
  }
}
