import StrataTelemetry
import TestSupport
import Testing

@Suite struct LabelTableTests {
  private let folder = TemporaryFolder()
  private var path: String { folder("labels.csv") }

  private func imported(_ labels: String) throws -> TableImport {
    try folder.write(labels, to: "labels.csv")
    return try importTable("0,a,1,2\n90,a,1,2\n0,b,1,2\n") { ($0.labels, $0.trainingFraction) = (path, 0.4) }
  }

  private func problem(_ labels: String) -> String {
    do { return "read \(try imported(labels).run.labels)" } catch { return "\(error)".replacing(path, with: "l.csv") }
  }

  @Test func labelsComeFromATableOfTheirOwn() throws {
    let labels = try imported(
      "start,end,entity,kind,layer,channels,benign\n20,50,c0/a,congestion,data,sent,\n"
        + "80,500,c0,benign:checkpoint,,,\n60,70, c0/b ,x,,load sent,\n50,60,c0/b,throttle,physical,,\n"
    ).run.labels
    #expect(
      labels == [
        FaultLabel(kind: "congestion", entity: "c0/a", layer: .data, channels: ["sent"], interval: 2..<5),
        FaultLabel(kind: "benign:checkpoint", entity: "c0", interval: 8..<10, isBenign: true),
        FaultLabel(kind: "x", entity: "c0/b", channels: ["load", "sent"], interval: 6..<7),
        FaultLabel(kind: "throttle", entity: "c0/b", layer: .physical, interval: 5..<6),
      ])
  }

  @Test(arguments: [
    ("start,end,entity,kind\n50,20,c0/a,x\n", ":2: the interval from sample 5 to 2 is empty or outside 0..<10"),
    (
      "start,end,entity,kind,when\n",
      ":1: column 'when' is not one of start, end, entity, kind, layer, channels, benign"
    ),
    (
      "start,end,entity,kind\n20,50,c0/zz,x\n",
      ":2: there is no entity 'c0/zz' in the table; there are c0, c0/a, c0/b"
    ),
    ("start,end,entity,kind\n20,50,b,x\n", ":2: there is no entity 'b' in the table; did you mean 'c0/b'?"),
    (
      "start,end,entity,kind\n20,50,c0/a/gpu0,x\n",
      ":2: there is no entity 'c0/a/gpu0' in the table; there are c0, c0/a, c0/b"
    ),
    (
      "start,end,entity,kind,channels\n20,50,c0/a,x,sent lood\n",
      ":2: there is no channel 'lood'; did you mean 'load'?"
    ),
  ]) func whatDoesNotExistIsRefused(labels: String, expected: String) {
    #expect(problem(labels) == "l.csv" + expected)
  }

  /// What begins in one layer may show in another.
  @Test func channelsMayBeOfAnotherLayer() throws {
    let labels = try imported("start,end,entity,kind,layer,channels\n20,50,c0/a,x,data,load\n").run.labels
    #expect(labels.map(\.channels) == [["load"]] && labels.map(\.layer) == [.data])
  }

  @Test func faultsInTrainingTimeAreNoted() throws {
    let notes = try imported(
      "start,end,entity,kind\n20,50,c0/a,x\n30,60,c0/a,y\n10,20,c0/a,benign:z\n40,60,c0/a,w\n"
    ).notes
    #expect(notes.contains("2 faults begin before the end of training time, which should be clean"))
  }
}
