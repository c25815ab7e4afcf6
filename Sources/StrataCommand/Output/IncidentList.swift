import Strata

/// The incidents of a detection, for people and for programs.
struct IncidentList: Encodable {
  let budget: Double
  let incidents: [IncidentEntry]
  let notices: [String]

  init(_ detection: Detection) {
    (budget, notices) = (detection.scores.policy.budget, detection.notices)
    incidents = zip(detection.scores.sources, detection.incidents).flatMap { source, incidents in
      incidents.map { IncidentEntry($0, of: source) }
    }
  }

  /// How many channels the table names per incident.
  private static let channelLimit = 3

  /// Tables in 80 columns, one per run: a line per incident, and below it what stands out most.
  func text(isColored: Bool) -> String {
    guard !incidents.isEmpty else { return "No incidents.\n" }
    var runs: [String] = []
    for entry in incidents where !runs.contains(entry.run) { runs.append(entry.run) }
    return runs.map { run in
      let table = Self.table(incidents.filter { $0.run == run }).text(isColored: isColored)
      return (runs.count > 1 ? "\(run)\n" : "") + table
    }.joined(separator: "\n")
  }

  private static func table(_ entries: [IncidentEntry]) -> TextTable {
    var table = TextTable(
      [.init("start (UTC)"), .init("end"), .init("lasts", isNumber: true), .init("p-value", isNumber: true)]
        + [.init("most suspect")])
    for entry in entries {
      table.add([
        entry.start, entry.shortEnd, NumberText.duration(seconds: entry.seconds), entry.shortPValue,
        IncidentEntry.shortened(entry.suspect.name, to: suspectWidth),
      ])
      for reason in entry.suspect.reasons.prefix(channelLimit) { table.addNote(reason) }
    }
    return table
  }

  /// What 80 columns leave for a suspect.
  private static let suspectWidth = 22

  /// A line per incident, and one of headings.
  var csv: String {
    let heading = "run,start,end,seconds,first_sample,end_sample,p_value,suspect,reasons\n"
    return incidents.reduce(heading) { text, entry in
      let fields = [
        entry.run, entry.start, entry.end, "\(entry.seconds)", "\(entry.firstSample)", "\(entry.endSample)",
        "\(entry.pValue)", entry.suspect.name, entry.suspect.reasons.joined(separator: " "),
      ]
      return text + fields.map(CSVText.field).joined(separator: ",") + "\n"
    }
  }
}
