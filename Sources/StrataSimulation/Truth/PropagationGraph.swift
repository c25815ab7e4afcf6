import StrataTelemetry

/// On which way the effects of a fault spread through the cluster.
public struct PropagationGraph: Codable, Hashable, Sendable {
  /// Every series that showed an effect, in the order in which they did.
  public let nodes: [FaultImpact.Onset]
  /// From one stage of the card's propagation to the next.
  public let edges: [Edge]

  /// Each of some nodes leads to each of others: the earliest of one stage to the earliest of the next.
  public struct Edge: Codable, Hashable, Sendable {
    /// Places in ``PropagationGraph/nodes``.
    public let from: [Int]
    /// Places in ``PropagationGraph/nodes`` of a later stage.
    public let to: [Int]
  }

  /// - Parameters:
  ///   - nodes: The measured effects, by time.
  ///   - stages: How the card says that the fault spreads. A stage of which nothing was measured is passed over.
  /// - Complexity: O(nodes · stages).
  package init(_ nodes: [FaultImpact.Onset], stages: [FaultStage]) {
    self.nodes = nodes
    let fronts = stages.map { stage in
      let members = nodes.indices.filter { nodes[$0].role == stage.role && nodes[$0].layer == stage.layer }
      let first = members.map { nodes[$0].sample }.min()
      return members.filter { nodes[$0].sample == first }
    }.filter { !$0.isEmpty }
    edges = zip(fronts, fronts.dropFirst()).map { Edge(from: $0, to: $1) }
  }
}
