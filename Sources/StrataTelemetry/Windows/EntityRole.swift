extension Run {
  /// What an entity is among others: entities of one role are each other's peers.
  ///
  /// The attribute `role` of the topology where it is given, else the letters that the entity's own name begins with:
  /// `c0/rack1/host3/gpu5` is a `gpu`, `smd/machine-1-4` a `machine`. A name without leading letters is its own role.
  public func role(of entity: EntityPath) -> String {
    if let role = topology[entity]?["role"] { return role }
    let name = entity.last
    let letters = name.prefix { !$0.isNumber }
    let trimmed = String(letters.reversed().drop { "-_.:".contains($0) }.reversed())
    return trimmed.isEmpty ? name : trimmed
  }
}
