public import StrataTensor

/// Writes flight recorders as the JSON of `torch._C._distributed_c10d._dump_fr_trace_json`, one file per rank.
///
/// Keys, their order and the types of values are those of PyTorch: times that are not known are 0, the progress of groups
/// is text, ranks are a list in text.
public struct FlightRecorderWriter: Sendable {
  public let folder: String
  /// What comes before the rank in the names of files.
  public let prefix: String
  /// Ranks that leave no dump: those that were killed, or hang where no dump is made.
  public let missingRanks: Set<Int>
  public let backend: String
  /// The version of the communication library.
  public let libraryVersion: String

  /// - Parameters:
  ///   - folder: An existing folder.
  ///   - prefix: What comes before the rank in the names of files.
  ///   - missingRanks: Ranks that leave no dump.
  ///   - backend: What comes before the names of operations.
  ///   - libraryVersion: The version of the communication library.
  public init(
    folder: String, prefix: String = "nccl_trace_rank_", missingRanks: Set<Int> = [], backend: String = "nccl",
    libraryVersion: String = "2.27.5"
  ) {
    (self.folder, self.prefix, self.missingRanks) = (folder, prefix, missingRanks)
    (self.backend, self.libraryVersion) = (backend, libraryVersion)
  }

  /// Writes the dump of a rank.
  ///
  /// - Returns: The path of the file; nil when the rank leaves none.
  /// - Throws: `FileError` when the file cannot be written; none is left then.
  @discardableResult
  public func write(_ recorder: FlightRecorder, rank: Int) throws(FileError) -> String? {
    if missingRanks.contains(rank) { return nil }
    let path = "\(folder)/\(prefix)\(rank).json"
    var file = try AsideFile(for: path)
    file.text.append("{\"comm_lib_version\":")
    file.text.append(json: libraryVersion)
    var separator = ",\"entries\":["
    try recorder.forEachEntry { (entry) throws(FileError) in
      file.text.append(separator)
      write(entry, of: recorder, rank: rank, to: &file.text)
      separator = ","
      try file.flushIfFull()
    }
    // PyTorch leaves the key out when there are no entries.
    if separator == "," { file.text.append("]") }
    file.text.append(",\"nccl_comm_state\":{},\"pg_config\":{")
    writeGroups(of: recorder, to: &file.text)
    file.text.append("},\"pg_status\":{")
    writeProgress(of: recorder, to: &file.text)
    file.text.append("},\"version\":\"2.10\"}")
    try file.complete()
    return path
  }

  private func write(
    _ entry: FlightRecorder.Entry, of recorder: FlightRecorder, rank: Int, to text: inout TextBuffer
  ) {
    let record = entry.record
    let (group, call) = (recorder.groups[record.group], recorder.calls[record.call])
    text.append("{\"collective_seq_id\":\(entry.collectiveNumber),")
    if let started = record.started, let completed = record.completed {
      // Measured between events on the GPU, in single precision.
      text.append("\"duration_ms\":\(Double(Float(Double(completed - started) / 1e6))),")
    }
    text.append("\"input_dtypes\":")
    writeTypes(of: call.inputs, to: &text)
    text.append(",\"input_sizes\":\(sizes(of: call.inputs)),\"is_p2p\":\(call.isPointToPoint),")
    text.append("\"op_id\":\(entry.operationNumber),\"output_dtypes\":")
    writeTypes(of: call.outputs, to: &text)
    text.append(",\"output_sizes\":\(sizes(of: call.outputs)),\"p2p_seq_id\":\(entry.pointToPointNumber),")
    text.append("\"pg_id\":\(record.group),\"process_group\":[")
    text.append(json: group.name)
    text.append(",")
    text.append(json: group.description)
    text.append("],\"profiling_name\":")
    text.append(json: "\(backend):\(call.operation)")
    let state = record.completed != nil ? "completed" : record.started != nil ? "started" : "scheduled"
    text.append(",\"record_id\":\(entry.number),\"retired\":\(record.isRetired),\"state\":\"\(state)\",")
    text.append("\"thread_id\":\"\(140_000_000_000_000 + rank)\",\"thread_name\":\"pt_main_thread\",")
    text.append("\"time_created_ns\":\(record.created),")
    text.append("\"time_discovered_completed_ns\":\(record.completed ?? 0),")
    text.append("\"time_discovered_started_ns\":\(record.started ?? 0),")
    text.append("\"timeout_ms\":\(group.timeoutInMilliseconds)}")
  }

  private func writeTypes(of arguments: [CollectiveCall.Argument], to text: inout TextBuffer) {
    text.append("[")
    for (place, argument) in arguments.enumerated() {
      if place > 0 { text.append(",") }
      text.append(json: argument.elementType)
    }
    text.append("]")
  }

  private func sizes(of arguments: [CollectiveCall.Argument]) -> String {
    "[" + arguments.map { "[\($0.sizes.map(String.init).joined(separator: ","))]" }.joined(separator: ",") + "]"
  }

  private func writeGroups(of recorder: FlightRecorder, to text: inout TextBuffer) {
    for (place, group) in recorder.groups.sorted(by: { $0.name < $1.name }).enumerated() {
      if place > 0 { text.append(",") }
      text.append(json: group.name)
      text.append(":{\"desc\":")
      text.append(json: group.description)
      text.append(",\"name\":")
      text.append(json: group.name)
      text.append(",\"ranks\":\"[\(group.ranks.map(String.init).joined(separator: ", "))]\"}")
    }
  }

  private func writeProgress(of recorder: FlightRecorder, to text: inout TextBuffer) {
    // PyTorch lists groups from which it has an entry, in the order of their numbers as text.
    let groups = recorder.progress.indices.filter { recorder.progress[$0].operations > 0 }
    for (place, group) in groups.sorted(by: { String($0) < String($1) }).enumerated() {
      if place > 0 { text.append(",") }
      let progress = recorder.progress[group]
      text.append("\"\(group)\":{\"last_completed_collective\":\"\(progress.completed)\",")
      text.append("\"last_enqueued_collective\":\"\(progress.enqueued)\",")
      text.append("\"last_started_collective\":\"\(progress.started)\"}")
    }
  }
}

extension TextBuffer {
  /// Appends text as a JSON string.
  mutating func append(json text: String) {
    append(byte: UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): append("\\\"")
      case UInt8(ascii: "\\"): append("\\\\")
      case 0..<0x20:
        append("\\u00")
        append(byte < 16 ? "0" : "1")
        append(String(byte % 16, radix: 16))
      default: append(byte: byte)
      }
    }
    append(byte: UInt8(ascii: "\""))
  }
}
