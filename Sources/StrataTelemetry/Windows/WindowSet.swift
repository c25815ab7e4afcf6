import StrataTensor

/// All windows of one split, standardised, in a fixed order, cut on demand.
///
/// Windows are numbered region by region, entity by entity, by increasing end. The samples are standardised once, when
/// the set is made; a batch is then copied together at the speed of memory. The set does not change and may be read from
/// any thread. A training loop takes a ``WindowSource``, which only a ``TrainingSplit`` can make.
public struct WindowSet<Split: TelemetrySplit>: Sendable {
  /// The windows of one entity in one region.
  public struct Segment: Sendable {
    /// The position of the run in the split's list.
    public let run: Int
    public let entity: EntityPath
    /// The samples of the run that belong to the split.
    public let samples: Range<Int>
    /// The samples of the run that windows may reach.
    public let context: Range<Int>
    /// The numbers of its windows in the set.
    public let windows: Range<Int>
    let ends: [Int]
    /// By layer, in the order of the scale; `nil` where the entity is not in the layer.
    let layers: [StandardisedSeries?]
  }

  public let specification: WindowSpecification
  /// What fixes the layers, the channels and their order.
  public let scale: RobustScale
  public let segments: [Segment]
  /// The runs of the split, in its order.
  public let runNames: [String]
  /// Channels that the runs have and the scale does not, as `layer/channel`, sorted: they are in no window.
  public let unknownChannels: [String]

  /// Standardises the split.
  ///
  /// The result does not depend on `threads`.
  ///
  /// - Throws: ``WindowError`` when the embargo of a split in time is shorter than a window, when an entity has a role
  ///   that training has not seen, or when no stretch is as long as a window.
  /// - Complexity: O(samples), and as much memory as the split has samples (twice with the peer view, three times where
  ///   samples are missing).
  public init(
    _ split: Split, scale: RobustScale, specification: WindowSpecification, threads: Int = 1
  ) throws(WindowError) {
    if let embargo = split.embargo, embargo < specification.length {
      throw WindowError(
        "an embargo of \(embargo) samples is shorter than a window of \(specification.length): windows of one split "
          + "would reach into another")
    }
    let runs = split.runs.map { $0.withCountersAsRates() }
    (self.specification, self.scale, runNames) = (specification, scale, runs.map(\.name))
    unknownChannels = Self.channels(of: split, missingFrom: scale)
    let standardised = try parallelMap(count: split.regions.count * scale.layers.count, threads: threads) {
      (index) throws(WindowError) in
      let region = split.regions[index / scale.layers.count]
      return try Self.standardise(
        region, runs[region.run], layer: scale.layers[index % scale.layers.count], scale, specification)
    }
    var segments: [Segment] = []
    var count = 0
    for (index, region) in split.regions.enumerated() {
      let ends = specification.ends(in: region.samples, context: region.context)
      for (position, entity) in region.entities.enumerated() {
        let layers = scale.layers.indices.map { standardised[index * scale.layers.count + $0][position] }
        segments.append(
          Segment(
            run: region.run, entity: entity, samples: region.samples, context: region.context,
            windows: count..<count + ends.count, ends: ends, layers: layers))
        count += ends.count
      }
    }
    guard count > 0 || split.regions.isEmpty else {
      let longest = split.regions.map(\.context.count).max() ?? 0
      throw WindowError(
        "the \(Split.name) split has no window of \(specification.length) samples: its longest stretch has \(longest)")
    }
    self.segments = segments
  }

  /// How many windows there are.
  public var count: Int { segments.last?.windows.upperBound ?? 0 }

  /// Where the window of this number was cut.
  ///
  /// - Complexity: O(log segments).
  public func origin(_ window: Int) -> WindowOrigin {
    let segment = segments[self.segment(of: window)]
    return WindowOrigin(
      run: segment.run, entity: segment.entity, end: segment.ends[window - segment.windows.lowerBound])
  }

  /// The position of the segment that a window belongs to.
  func segment(of window: Int) -> Int {
    require(window >= 0 && window < count, "WindowSet: window \(window) is outside 0..<\(count)")
    var low = 0
    var high = segments.count
    while low < high {
      let middle = (low + high) / 2
      if segments[middle].windows.upperBound <= window { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func standardise(
    _ region: SplitRegion, _ run: Run, layer: RobustScale.LayerScale, _ scale: RobustScale,
    _ specification: WindowSpecification
  ) throws(WindowError) -> [StandardisedSeries?] {
    guard let source = LayerSource(layer.layer, channels: layer.channels, region: region, run: run) else {
      return region.entities.map { _ in nil }
    }
    var result: [StandardisedSeries?] = []
    var places: [Int: Int] = [:]  // position in the series → position in the result
    for (index, entity) in region.entities.enumerated() {
      guard let position = source.position(of: entity) else {
        result.append(nil)
        continue
      }
      let role = run.role(of: entity)
      guard let channelScale = layer.scale(of: entity, role: role) else {
        throw WindowError(
          "run '\(run.name)': '\(entity)' has the role '\(role)', which the \(layer.layer) layer of the training split "
            + "does not have (it has \(layer.roles.keys.sorted().joined(separator: ", ")))")
      }
      places[position] = index
      result.append(
        StandardisedSeries(
          source, entity: position, scale: scale, layerScale: layer, channelScale: channelScale,
          longestDelta: specification.length))
    }
    guard specification.peers else { return result }
    for (role, members) in source.groups.sorted(by: { $0.key < $1.key }) {
      let deviations = PeerView.deviations(of: members, role: role, in: source, scale: scale, layerScale: layer)
      for (member, deviation) in zip(members, deviations) {
        if let place = places[member] { result[place]!.peers = deviation }
      }
    }
    return result
  }

  private static func channels(of split: Split, missingFrom scale: RobustScale) -> [String] {
    var unknown: Set<String> = []
    for region in split.regions {
      for series in split.runs[region.run].layers {
        let known = Set(scale[series.layer]?.channels.map(\.name) ?? [])
        for channel in series.channels where !known.contains(channel.name) {
          unknown.insert("\(series.layer)/\(channel.name)")
        }
      }
    }
    return unknown.sorted()
  }
}

/// The windows that a training loop may take.
public typealias WindowSource = WindowSet<TrainingSplit>
