import StrataDiagnosis

/// What the page was made with.
struct ProvenanceSection: Sendable {
  private let provenance: Provenance
  private let command: String

  init(_ provenance: Provenance, command: String) { (self.provenance, self.command) = (provenance, command) }

  var markup: Markup {
    let entries = [
      ("command", command), ("seed", "\(provenance.seed)"), ("configuration (SHA-256)", provenance.configurationHash),
      ("data (SHA-256)", provenance.dataHash), ("commit", provenance.commit ?? "unknown"),
      ("version", provenance.version), ("kernels", provenance.kernels),
    ]
    return .section(
      "Where this page comes from",
      "The same command on the same version makes the same page, byte by byte, whatever the number of threads; other "
        + "kernels may change last digits.",
      [
        Markup(
          "dl", [:],
          entries.flatMap { name, value in [Markup("dt", text: name), Markup("dd", [:], [.code(value)])] })
      ])
  }
}
