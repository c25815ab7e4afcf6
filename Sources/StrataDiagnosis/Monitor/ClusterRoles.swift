import StrataTelemetry

/// Which entities of a run are each other's peers.
enum ClusterRoles {
  /// The role of an entity: the attribute `role` of the topology, else the word that its own name begins with where the
  /// name is a word and a number (`gpu5`, `machine-1-4`, `node-b`), else its depth in the path.
  ///
  /// No role is guessed from the digits of an address or of a UUID.
  static func role(of entity: EntityPath, in topology: [EntityPath: [String: String]]) -> String {
    if let role = topology[entity]?["role"] { return role }
    let parts = entity.last.split { "-_.:".contains($0) }
    let first = parts.first.map(String.init) ?? entity.last
    let word = first.prefix { $0.isLetter }
    let isNumbered = first.dropFirst(word.count).allSatisfy(\.isNumber)
    let restIsShort = parts.dropFirst().allSatisfy { $0.count <= 3 || $0.allSatisfy(\.isNumber) }
    guard word.count > 0, isNumbered, restIsShort else { return "level \(entity.components.count)" }
    return String(word)
  }

  /// The machine that an entity belongs to: itself or the innermost enclosing entity whose role is a machine's; `nil` for
  /// what belongs to none, such as a job.
  static func node(of entity: EntityPath, in topology: [EntityPath: [String: String]]) -> EntityPath? {
    let machines: Set<String> = ["host", "node", "machine", "server"]
    var candidate: EntityPath? = entity
    while let current = candidate {
      if machines.contains(role(of: current, in: topology)) { return current }
      candidate = current.parent
    }
    return nil
  }
}
