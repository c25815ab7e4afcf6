import Strata

/// What a command wrote, for programs.
struct WrittenStore: Encodable {
  let store: String
  let run: String
  let sampleCount: Int
  let entityCount: Int
  let labelCount: Int
  /// The share of all samples that are missing.
  let missingShare: Double
  /// What somebody who made the store should know.
  let notes: [String]

  init(_ run: Run, at path: String, notes: [String] = []) {
    (store, self.run, self.notes) = (path, run.name, notes)
    (sampleCount, entityCount, labelCount) = (run.sampleCount, run.entities.count, run.labels.count)
    missingShare = run.missingShare
  }
}

/// What `simulate` wrote, for programs.
struct WrittenSimulation: Encodable {
  let store: String
  let seed: UInt64
  let sampleCount: Int
  let deviceCount: Int
  let faults: [String]
}

/// What `embed` wrote, for programs.
struct WrittenEmbeddings: Encodable {
  let array: String
  let table: String
  let windowCount: Int
  let dimensions: Int
}

/// What `demo` wrote, for programs.
struct WrittenDemo: Encodable {
  let report: String
  let store: String
  let run: String
  let found: String
  let incidentCount: Int
}
