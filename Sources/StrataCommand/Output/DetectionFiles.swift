import Strata

/// What `detect` leaves in its output folder.
enum DetectionFiles {
  static let scores = "scores.safetensors"
  static let incidents = "incidents.json"
  static let table = "incidents.csv"

  static func write(_ detection: Detection, to folder: String) throws {
    try detection.scores.write(to: "\(folder)/\(scores)")
    let list = IncidentList(detection)
    try writeAtomically(Array((JSONText.pretty(list) + "\n").utf8), to: "\(folder)/\(incidents)")
    try writeAtomically(Array(list.csv.utf8), to: "\(folder)/\(table)")
  }
}
