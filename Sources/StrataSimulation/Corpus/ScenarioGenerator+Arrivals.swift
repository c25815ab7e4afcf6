import StrataTelemetry
import StrataTensor

extension ScenarioGenerator {
  /// The faults of every run of a split as they arrive by themselves.
  ///
  /// What fails is drawn from the cards that the split may have, so that no other can occur. A host that fails again from
  /// the same cause has the same card in the same device.
  func arrivedFaults(
    _ arrivals: FaultArrivals, _ split: CorpusSpecification.Split, on topologies: [CorpusSpecification.Topology]
  ) -> [[FaultSpecification]] {
    let causes = CardChoice(specification, split).causes
    guard !causes.isEmpty else { return topologies.map { _ in [] } }
    var arrivals = arrivals
    arrivals.table = FailureTable(name: split.rawValue, source: specification.name, causes: causes)
    return topologies.enumerated().map { run, topology in
      var generator = streams.generator(for: .arrivedFaults, number(of: split), run)
      // Where in the day the run begins must not tell when its faults come.
      arrivals.rhythm.startHour = 24 * generator.uniformDouble()
      let seed = generator.next()
      let episodes = arrivals.episodes(
        hosts: topology.cluster.hosts, duration: specification.duration - specification.training, seed: seed)
      return place(episodes, on: Cluster(topology.cluster), RandomStreams(seed: seed), &generator)
    }
  }

  /// - Parameter places: Decides in which device of a host a card is, always the same.
  private func place(
    _ episodes: [FaultEpisode], on cluster: Cluster, _ places: RandomStreams, _ generator: inout Generator
  ) -> [FaultSpecification] {
    var faults: [FaultSpecification] = []
    for episode in episodes {
      let card = FaultCatalogue.standard[episode.cause.cards[0]]!
      // Whole seconds, as people write them.
      let at = (specification.training + episode.start).rounded(.up)
      guard at <= specification.duration - specification.interval else { continue }
      var fault = fault(card, at: at, duration: bounded(episode.repair).rounded(.up), &generator)
      fault.entity = entity(of: card, host: episode.host, on: cluster, places)
      // One rack, switch or job that several hosts share fails once, and what fails again before its end just lasts.
      if let same = faults.lastIndex(where: { isOne($0, fault) }) {
        faults[same].duration = max(faults[same].duration, fault.at + fault.duration - faults[same].at)
      } else {
        faults.append(fault)
      }
    }
    return faults
  }

  /// Whether a fault begins while an earlier one of the same kind lasts in the same place.
  private func isOne(_ earlier: FaultSpecification, _ fault: FaultSpecification) -> Bool {
    // Several devices hold the same expert.
    earlier.card.id == fault.card.id && fault.at <= earlier.at + earlier.duration
      && (fault.card.unit == .expert || earlier.entity == fault.entity)
  }

  /// Where a fault of a host is: in one of its devices, in itself, or in what contains it. There is one job and one storage.
  private func entity(of card: FaultCard, host: Int, on cluster: Cluster, _ places: RandomStreams) -> EntityPath? {
    let group = host / cluster.shape.hostsPerLeaf
    func device(_ group: Int) -> Int {
      let number = FaultCatalogue.standard.cards.firstIndex { $0.id == card.id }!
      var generator = places.generator(for: .placement, group, number)
      return cluster.devices(ofHost: host).lowerBound + generator.index(below: cluster.shape.devicesPerHost)
    }
    switch card.unit {
    case .device, .nic, .rank, .sensor, .expert: return cluster.devices[device(host)]
    case .host: return cluster.hosts[host]
    case .rack: return cluster.racks[cluster.rack(ofHost: host)]
    case .leaf: return cluster.leaves[cluster.leaf(of: device(group))]
    case .fabric: return cluster.leaves[group * cluster.shape.devicesPerHost]
    case .storage, .job: return nil
    }
  }

  /// Gives benign episodes their places: where the simulator chooses, it would keep clear of the devices that faults name.
  func locate(_ episodes: inout [BenignSpecification], on cluster: Cluster, _ generator: inout Generator) {
    for place in episodes.indices {
      let device = generator.index(below: cluster.devices.count)
      let host = cluster.host(of: device)
      switch episodes[place].kind.scope {
      case .job: break
      case .host: episodes[place].entity = cluster.hosts[host]
      case .leaf: episodes[place].entity = cluster.leaves[cluster.leaf(of: device)]
      case .coolingZone: episodes[place].entity = cluster.coolingZones[cluster.coolingZone(ofHost: host)]
      }
    }
  }
}
