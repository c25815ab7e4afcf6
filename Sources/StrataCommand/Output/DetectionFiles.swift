import Strata

/// What `detect` leaves in its output folder.
enum DetectionFiles {
  static let scores = "scores.safetensors"
  static let incidents = "incidents.json"

  static func write(_ detection: Detection, to folder: String) throws {
    try detection.scores.write(to: "\(folder)/\(scores)")
    let text = try JSONText.pretty(IncidentList(detection)) + "\n"
    try writeAtomically(Array(text.utf8), to: "\(folder)/\(incidents)")
  }
}
