import Foundation
import StrataSimulation
import StrataTensor
import TestSupport
import Testing

@Suite struct FlightRecorderWriterTests {
  private static let all = ProcessGroup(
    name: "0", description: "default_pg", ranks: [0, 1, 2, 3], timeoutInMilliseconds: 40_000)
  private static let even = ProcessGroup(name: "10", description: "dp_\"even\"", ranks: [0, 2])
  private static let argument = CollectiveCall.Argument(sizes: [256, 128], elementType: "BFloat16")
  private static let calls = [
    CollectiveCall("all_reduce", inputs: [argument], outputs: [argument]),
    CollectiveCall("send 0->1", inputs: [argument], outputs: [], isPointToPoint: true),
  ]
  /// The keys of an entry that PyTorch 2.13 dumped with Gloo.
  private static let keys: Set<String> = [
    "collective_seq_id", "input_dtypes", "input_sizes", "is_p2p", "op_id", "output_dtypes", "output_sizes",
    "p2p_seq_id", "pg_id", "process_group", "profiling_name", "record_id", "retired", "state", "thread_id",
    "thread_name", "time_created_ns", "time_discovered_completed_ns", "time_discovered_started_ns", "timeout_ms",
  ]

  private func dump(_ recorder: FlightRecorder) throws -> (text: String, json: [String: Any]) {
    let folder = TemporaryFolder()
    try FlightRecorderWriter(folder: folder("")).write(recorder, rank: 3)
    #expect(folder.names() == ["nccl_trace_rank_3.json"])
    let json = try JSONSerialization.jsonObject(with: folder.data(of: "nccl_trace_rank_3.json"))
    return (try folder.text(of: "nccl_trace_rank_3.json"), try #require(json as? [String: Any]))
  }

  @Test func aDumpHasEveryKeyOfPyTorch() throws {
    var recorder = FlightRecorder(groups: [Self.all, Self.even], calls: Self.calls)
    let time = 1_795_366_522_478_047_497
    recorder.record(
      CollectiveRecord(group: 0, call: 0, created: time, started: time + 500, completed: time + 1_500_500))
    recorder.record(CollectiveRecord(group: 0, call: 1, created: time + 1, started: time + 2))
    recorder.record(CollectiveRecord(group: 1, call: 0, created: time + 2))
    let (text, _) = try dump(recorder)
    #expect(
      text == #"{"comm_lib_version":"2.27.5","entries":[{"collective_seq_id":1,"duration_ms":1.5,"#
        + #""input_dtypes":["BFloat16"],"input_sizes":[[256,128]],"is_p2p":false,"op_id":1,"#
        + #""output_dtypes":["BFloat16"],"output_sizes":[[256,128]],"p2p_seq_id":0,"pg_id":0,"#
        + #""process_group":["0","default_pg"],"profiling_name":"nccl:all_reduce","record_id":0,"retired":true,"#
        + #""state":"completed","thread_id":"140000000000003","thread_name":"pt_main_thread","#
        + #""time_created_ns":1795366522478047497,"time_discovered_completed_ns":1795366522479547997,"#
        + #""time_discovered_started_ns":1795366522478047997,"timeout_ms":40000},"#
        + #"{"collective_seq_id":1,"input_dtypes":["BFloat16"],"input_sizes":[[256,128]],"is_p2p":true,"op_id":2,"#
        + #""output_dtypes":[],"output_sizes":[],"p2p_seq_id":1,"pg_id":0,"process_group":["0","default_pg"],"#
        + #""profiling_name":"nccl:send 0->1","record_id":1,"retired":false,"state":"started","#
        + #""thread_id":"140000000000003","thread_name":"pt_main_thread","time_created_ns":1795366522478047498,"#
        + #""time_discovered_completed_ns":0,"time_discovered_started_ns":1795366522478047499,"timeout_ms":40000},"#
        + #"{"collective_seq_id":1,"input_dtypes":["BFloat16"],"input_sizes":[[256,128]],"is_p2p":false,"op_id":1,"#
        + #""output_dtypes":["BFloat16"],"output_sizes":[[256,128]],"p2p_seq_id":0,"pg_id":1,"#
        + #""process_group":["10","dp_\"even\""],"profiling_name":"nccl:all_reduce","record_id":2,"retired":false,"#
        + #""state":"scheduled","thread_id":"140000000000003","thread_name":"pt_main_thread","#
        + #""time_created_ns":1795366522478047499,"time_discovered_completed_ns":0,"time_discovered_started_ns":0,"#
        + #""timeout_ms":600000}],"nccl_comm_state":{},"#
        + #""pg_config":{"0":{"desc":"default_pg","name":"0","ranks":"[0, 1, 2, 3]"},"#
        + #""10":{"desc":"dp_\"even\"","name":"10","ranks":"[0, 2]"}},"#
        + #""pg_status":{"0":{"last_completed_collective":"1","last_enqueued_collective":"1","#
        + #""last_started_collective":"1"},"1":{"last_completed_collective":"-1","last_enqueued_collective":"1","#
        + #""last_started_collective":"-1"}},"version":"2.10"}"#)
  }

  @Test func onlyTheLastEntriesAreKeptWhileNumbersGoOn() throws {
    var recorder = FlightRecorder(groups: [Self.all], calls: Self.calls)
    for step in 0..<2345 {
      recorder.record(CollectiveRecord(group: 0, call: 0, created: step, started: step, completed: step + 1))
    }
    recorder.record(CollectiveRecord(group: 0, call: 0, created: 2345))
    let json = try dump(recorder).json
    #expect(Set(json.keys) == ["comm_lib_version", "entries", "nccl_comm_state", "pg_config", "pg_status", "version"])
    let entries = try #require(json["entries"] as? [[String: Any]])
    #expect(entries.map { $0["record_id"] as? Int } == (346..<2346).map(Optional.init))
    #expect(entries.map { $0["collective_seq_id"] as? Int } == (347...2346).map(Optional.init))
    #expect(entries.dropLast().allSatisfy { Set($0.keys) == Self.keys.union(["duration_ms"]) })
    #expect(Set(entries[1999].keys) == Self.keys)
    let status = try #require(json["pg_status"] as? [String: [String: String]])
    #expect(
      status == [
        "0": [
          "last_enqueued_collective": "2346", "last_started_collective": "2345", "last_completed_collective": "2345",
        ]
      ])
  }

  @Test func emptyRecordersLeaveEntriesOut() throws {
    let text = try dump(FlightRecorder(groups: [], calls: [])).text
    #expect(
      text == #"{"comm_lib_version":"2.27.5","nccl_comm_state":{},"pg_config":{},"pg_status":{},"version":"2.10"}"#)
  }

  @Test func missingRanksLeaveNoDump() throws {
    let folder = TemporaryFolder()
    let writer = FlightRecorderWriter(folder: folder(""), prefix: "fr_", missingRanks: [1])
    let recorder = FlightRecorder(groups: [Self.all], calls: Self.calls, capacity: 5)
    let paths = try (0..<3).map { try writer.write(recorder, rank: $0) }
    #expect(paths[1] == nil && paths[0] != nil)
    #expect(folder.names() == ["fr_0.json", "fr_2.json"])
  }

  @Test func saysWhereItCannotWrite() throws {
    let folder = TemporaryFolder()
    let writer = FlightRecorderWriter(folder: folder("missing"))
    let error = #expect(throws: FileError.self) {
      try writer.write(FlightRecorder(groups: [], calls: []), rank: 0)
    }
    #expect(
      error?.description
        == "\(folder("missing"))/nccl_trace_rank_0.json: cannot be created: No such file or directory")
  }

  @Test func stopsAtCollectivesThatCannotBe() async {
    let group = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var recorder = FlightRecorder(groups: [], calls: [])
      recorder.record(CollectiveRecord(group: 0, call: 0, created: 0))
    }
    expectMessage("FlightRecorder: no group 0 or no call 0", from: group)
    let order = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var recorder = FlightRecorder(
        groups: [ProcessGroup(name: "0", description: "", ranks: [0])],
        calls: [CollectiveCall("barrier", inputs: [], outputs: [])])
      recorder.record(CollectiveRecord(group: 0, call: 0, created: 0, completed: 1))
    }
    expectMessage("FlightRecorder: completed, but never started", from: order)
    let capacity = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = FlightRecorder(groups: [], calls: [], capacity: 0)
    }
    expectMessage("FlightRecorder: a capacity of 0", from: capacity)
    let names = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let group = ProcessGroup(name: "0", description: "", ranks: [0])
      _ = FlightRecorder(groups: [group, group], calls: [])
    }
    expectMessage(#"FlightRecorder: two groups of ["0", "0"] share a name"#, from: names)
  }
}
