extension Run {
  /// What an entity is among others: entities of one role are each other's peers.
  ///
  /// The attribute `role` of the topology where it is given; else the word that the entity's own name begins with, where
  /// the name is a word and a number (`c0/rack1/host3/gpu5` is a `gpu`, `smd/machine-1-4` a `machine`, `c0/node-b` a
  /// `node`); else its depth in the path (`level 2`). No role is guessed from the digits of an address or of a UUID.
  public func role(of entity: EntityPath) -> String {
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
  public func node(of entity: EntityPath) -> EntityPath? {
    let machines: Set<String> = ["host", "node", "machine", "server"]
    var candidate: EntityPath? = entity
    while let current = candidate {
      if machines.contains(role(of: current)) { return current }
      candidate = current.parent
    }
    return nil
  }

  /// How many machines the run is of, or how many entities where no machine is known: what budgets of false alarms count.
  public var nodeCount: Int {
    let nodes = Set(entities.compactMap(node))
    return nodes.isEmpty ? entities.count : nodes.count
  }
}
