import Strata

/// What a detector was fitted to, and what it watches.
struct DetectorSummary: Encodable {
  struct Role: Encodable {
    let role: String
    /// How it is watched.
    let method: String
    let entities: Int
    let channels: Int
    /// The score of the method above which an entity is alarmed; the lowest where entities are calibrated one by one.
    let threshold: Float
    /// Memory that one entity takes while it is followed.
    let bytesPerEntity: Int
  }

  let folder: String
  let cleanTime: [FittedDetector.CleanTime]
  let cleanNodeDays: Double
  let interval: Double
  let policy: AlarmPolicy
  let roles: [Role]
  let provenance: Provenance

  init(_ detector: FittedDetector, folder: String) {
    self.folder = folder
    (cleanTime, cleanNodeDays) = (detector.cleanTime, detector.cleanNodeDays)
    (interval, policy, provenance) = (detector.interval, detector.policy, detector.provenance)
    let thresholds = detector.thresholds(for: detector.policy)
    roles = detector.roleNames.map { name in
      Role(
        role: name, method: detector.method(ofRole: name) ?? "", entities: detector.entityCount(ofRole: name),
        channels: detector.channels(ofRole: name).count,
        threshold: thresholds[name] ?? .infinity, bytesPerEntity: detector.byteCount(perEntityOfRole: name))
    }
  }

  var text: String {
    let samples = cleanTime.reduce(0) { $0 + $1.sampleCount }
    let nodes = cleanTime.map(\.nodeCount).max() ?? 0
    var table = TextTable(
      .init("role"), .init("entities", isNumber: true), .init("channels", isNumber: true), .init("method"),
      .init("alarm above", isNumber: true), .init("bytes per entity", isNumber: true))
    for role in roles {
      table.add(
        role.role, "\(role.entities)", "\(role.channels)", role.method, NumberText.short(Double(role.threshold)),
        "\(role.bytesPerEntity)")
    }
    return "\(folder): fitted to \(samples) clean samples every \(NumberText.short(interval)) s of \(nodes) hosts "
      + "(\(NumberText.short(cleanNodeDays)) host-days)\n" + table.text(isColored: Console.isColored)
      + "budget: \(NumberText.short(policy.budget)) false alarms per 1000 host-days\n"
  }
}
