import Foundation
import StrataSimulation
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct RunTruthTests {
  private static let faults = """
      - {kind: thermal-throttling, entity: c0/rack0/host1/gpu2, at: 150, duration: 120, severity: 0.9, lead: 40, precursor: true}
      - {kind: bus-off, entity: c0/rack0/host2/gpu0, at: 380, duration: 200, severity: 1, precursor: false}
    """

  @Test func saysWhatWasMeasured() throws {
    let cluster = try RecordedCluster(Self.faults)
    let truth = try cluster.truth
    let measured = cluster.simulator.simulate().injections
    #expect(truth.run == "recorded" && truth.seed == 3 && truth.sampleCount == 700 && truth.trainingEnd == 100)
    #expect(truth.without.isEmpty && truth.faults.map(\.number) == [0, 1])
    #expect(truth.faults.map(\.card) == ["F13", "F16"])
    for (fault, injection) in zip(truth.faults, measured) {
      #expect(fault.roots == injection.fault.roots && fault.culprits == injection.fault.culprits)
      #expect(fault.impact.stepTimeRatio == injection.impact.stepTimeRatio)
      #expect(fault.impact.lostProgress == injection.impact.lostProgress)
      #expect(fault.impact.hasImpact == injection.impact.hasImpact)
      #expect(fault.propagation.nodes == injection.impact.onsets && !injection.impact.onsets.isEmpty)
      #expect(fault.victims == injection.impact.victims)
    }
    let (heat, bus) = (truth.faults[0], truth.faults[1])
    #expect(heat.precursor == RunTruth.Period(start: 110, end: 150) && bus.precursor == nil)
    #expect(heat.planned == RunTruth.Period(start: 150, end: 270) && heat.actual == heat.planned)
    // The watchdog ends the job after a minute, and the device is replaced before it starts again.
    let repaired = try #require(measured[1].impact.repaired)
    #expect(bus.actual.end == repaired && repaired > 440 && repaired < 580 && bus.planned.end == 580)
    #expect(truth.benign.contains { $0.kind == "checkpoint" } && truth.benign.contains { $0.kind == "restart" })
  }

  @Test func edgesLeadFromTheEarliestOfOneStageToThoseOfTheNext() throws {
    let fault = try RecordedCluster(Self.faults).truth.faults[0]
    let graph = fault.propagation
    let stages = try #require(FaultCatalogue.standard["F13"]).propagation
    #expect(graph.edges.count == stages.count - 1)
    for (edge, (first, second)) in zip(graph.edges, zip(stages, stages.dropFirst())) {
      for (places, stage) in [(edge.from, first), (edge.to, second)] {
        let members = graph.nodes.filter { $0.role == stage.role && $0.layer == stage.layer }
        let earliest = members.map(\.sample).min()
        #expect(places.map { graph.nodes[$0] } == members.filter { $0.sample == earliest })
      }
    }
    let root = graph.nodes[graph.edges[0].from[0]]
    #expect(root.entity.description == "c0/rack0/host1/gpu2" && root.layer == .physical)
  }

  @Test func theTextIsThatOfTheFileAndReadsBack() throws {
    let cluster = try RecordedCluster(Self.faults)
    let truth = try cluster.truth
    #expect(try cluster.folder.text(of: "truth.json") == truth.json)
  }

  @Test func nodesAreATableOfColumns() throws {
    let cluster = try RecordedCluster(Self.faults)
    let nodes = try cluster.truth.faults[1].propagation.nodes
    struct Truth: Decodable {
      struct Fault: Decodable { let propagation: Graph }
      struct Graph: Decodable { let nodes: Table }
      struct Table: Decodable {
        let entity: [String], layer: [String], channel: [String], sample: [Int], role: [String]
      }
      let format: String
      let faults: [Fault]
    }
    let truth = try JSONDecoder().decode(Truth.self, from: cluster.folder.data(of: "truth.json"))
    let table = truth.faults[1].propagation.nodes
    #expect(truth.format == "strata-truth-2" && nodes.count > 20)
    #expect(table.entity == nodes.map(\.entity.description) && table.layer == nodes.map(\.layer.rawValue))
    #expect(table.channel == nodes.map(\.channel) && table.sample == nodes.map(\.sample))
    #expect(table.role == nodes.map(\.role.rawValue))
    // A column is a line.
    let columns = try cluster.folder.text(of: "truth.json").split(separator: "\n").filter {
      $0.contains("\"sample\" : [")
    }
    #expect(columns.count == 2 && columns.allSatisfy { $0.hasSuffix("],") || $0.hasSuffix("]") })
  }

  @Test func columnsOfDifferentLengthsAreRefused() throws {
    let text = """
      {"edges": [], "nodes": {"channel": ["lm loss"], "entity": ["c0", "c1"], "layer": [], "role": [], "sample": []}}
      """
    let error = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(PropagationGraph.self, from: Data(text.utf8))
    }
    guard case .dataCorrupted(let context)? = error else { Issue.record("\(String(describing: error))"); return }
    #expect(context.debugDescription == "'layer' has 0 elements and 'entity' 2")
  }

  @Test func aFaultThatIsLeftOutIsLeftOutAlone() throws {
    let with = try RecordedCluster(Self.faults)
    let without = try RecordedCluster(Self.faults, without: [1])
    let truth = try without.truth
    #expect(truth.without == [1] && truth.faults.map(\.number) == [0])
    #expect(without.injections.map(\.fault.card.id) == ["F13"])
    let (run, healthy) = (
      try RunStore(opening: with.folder("run.zarr")).read(), try RunStore(opening: without.folder("run.zarr")).read()
    )
    #expect(healthy.provenance["without"] == "1" && healthy.provenance["fault.0"] != nil)
    #expect(run.provenance["without"] == nil && run.provenance["fault.1"] != nil)
    // Until the fault begins nothing differs.
    for (one, two) in zip(run.layers, healthy.layers) {
      let count = 379 * one.entities.count * one.channels.count
      let (a, b) = (one.values.elements.prefix(count), two.values.elements.prefix(count))
      #expect(zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern })
    }
    #expect(try with.folder.text(of: "run.om") != without.folder.text(of: "run.om"))
    #expect(try without.folder.text(of: "kern.log").contains("Xid") == false)
  }

  @Test func theStoreIsTheRun() throws {
    let cluster = try RecordedCluster(Self.faults)
    let store = try RunStore(opening: cluster.folder("run.zarr"))
    #expect(try store.contentHash() == cluster.simulator.run().contentHash)
  }

  @Test func whatThrowsLeavesNothing() throws {
    struct Stop: Error {}
    let folder = TemporaryFolder()
    let simulator = try Simulator(.small, seed: 1)
    var outputs = SimulationOutputs(store: folder("run.zarr"))
    (outputs.openMetrics, outputs.megatronLog) = (folder("run.om"), folder("train.log"))
    (outputs.kernelLog, outputs.flightRecorder) = (folder("kern.log"), folder("recorders"))
    outputs.truth = folder("truth.json")
    var seen: [Int] = []
    #expect(throws: Stop.self) {
      try simulator.write(to: outputs) { progress in
        seen.append(progress.sample)
        if seen.count == 3 { throw Stop() }
      }
    }
    #expect(seen == [60, 120, 180])
    #expect(folder.names().isEmpty)
    outputs.truth = folder("absent/truth.json")
    #expect(throws: (any Error).self) { try simulator.write(to: outputs) }
    #expect(!folder.exists("run.zarr") && folder.names().allSatisfy { !$0.hasSuffix(".partial") })
  }

  @Test func leavingOutWhatIsNotThereIsAMistake() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      try Simulator(.small, seed: 1).write(to: SimulationOutputs(), without: [7])
    }
    expectMessage("write(without:): there is a fault in [7] that is none of the 3", from: result)
  }
}
