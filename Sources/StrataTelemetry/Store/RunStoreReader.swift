import StrataTensor

/// Reads and checks the metadata of a run store.
struct RunStoreReader {
  let files: any StoreFiles
  let limits: RunStoreLimits

  static let document = "zarr.json"

  /// - Parameter chosen: The layers to read; nil for all.
  /// - Returns: The metadata, the values of each layer, and whether more may follow.
  func metadata(
    of chosen: [TelemetryLayer]?
  ) throws(RunStoreError) -> (RunMetadata, [ZarrArray], isGrowing: Bool) {
    // Before the layers: of a store that grows they hold at least what this says.
    let attributes = try Self.attributes(of: files, limits: limits)
    let place = files.place([Self.document])
    if let contradiction = RunMetadata(attributes, layers: []).contradiction {
      throw RunStoreError(contradiction, at: place, remedy: Remedy.rewrite)
    }
    let isGrowing = attributes.growing ?? false
    var layers: [LayerMetadata] = []
    var arrays: [ZarrArray] = []
    for name in attributes.layers {
      guard let layer = TelemetryLayer(rawValue: name) else {
        throw RunStoreError("layer \(shown(name)) is not known", at: place, remedy: Remedy.rewrite)
      }
      guard !layers.contains(where: { $0.layer == layer }) else {
        throw RunStoreError("layer '\(name)' appears twice", at: place, remedy: Remedy.rewrite)
      }
      guard chosen?.contains(layer) ?? true else { continue }
      let (metadata, array) = try self.layer(layer, sampleCount: attributes.sampleCount, isGrowing: isGrowing)
      layers.append(metadata)
      arrays.append(array)
    }
    let metadata = RunMetadata(attributes, layers: layers)
    if let contradiction = metadata.contradiction {
      throw RunStoreError(contradiction, at: place, remedy: Remedy.rewrite)
    }
    let order = layers.indices.sorted { layers[$0].layer < layers[$1].layer }
    return (metadata, order.map { arrays[$0] }, isGrowing)
  }

  /// The root attributes of a run store; the error says so when it is something else.
  static func attributes(
    of files: some StoreFiles, limits: RunStoreLimits
  ) throws(RunStoreError) -> RunAttributes {
    let place = files.place([document])
    guard let bytes = try files.contents(of: [document], limit: limits.metadataBytes) else {
      throw RunStoreError(
        "is not a run store: there is no \(document)", at: files.source, remedy: "name the folder of a run store")
    }
    let format = try StoreJSON.decode(ZarrGroupDocument<RunFormat>.self, from: bytes, at: place).attributes
    guard format.format == RunAttributes.format else {
      throw RunStoreError(
        "'format' is \(shown(format.format)), expected '\(RunAttributes.format)'", at: place,
        remedy: "name the folder of a run store")
    }
    guard format.formatVersion == RunAttributes.currentVersion else {
      throw RunStoreError(
        "'format_version' is \(format.formatVersion), this version reads \(RunAttributes.currentVersion)", at: place,
        remedy: "use the version of Strata that wrote it")
    }
    return try StoreJSON.decode(ZarrGroupDocument<RunAttributes>.self, from: bytes, at: place).attributes
  }

  private func layer(
    _ layer: TelemetryLayer, sampleCount: Int, isGrowing: Bool
  ) throws(RunStoreError) -> (LayerMetadata, ZarrArray) {
    let folder = layer.rawValue
    let group = try files.requiredContents(of: [folder, Self.document], limit: limits.metadataBytes)
    _ = try StoreJSON.decode(
      ZarrGroupDocument<ZarrNoAttributes>.self, from: group, at: files.place([folder, Self.document]))
    var (values, _) = try array(
      [folder, "values"], ["time", "entity", "channel"], attributes: ZarrNoAttributes.self, isText: false)
    if isGrowing { values.dropSamples(from: sampleCount) }
    guard values.shape[0] == sampleCount else {
      throw RunStoreError(
        "has \(values.shape[0]) samples, the run has \(sampleCount)",
        at: files.place([folder, "values", Self.document]),
        remedy: Remedy.rewrite)
    }
    return (
      LayerMetadata(
        layer: layer, entities: try entities(folder, count: values.shape[1]),
        channels: try channels(folder, count: values.shape[2])), values
    )
  }

  private func entities(_ folder: String, count: Int) throws(RunStoreError) -> [EntityPath] {
    let (names, _) = try self.names(
      [folder, "entity"], "entity", count: count, attributes: ZarrNoAttributes.self)
    var entities: [EntityPath] = []
    for name in names {
      guard let entity = EntityPath(parsing: name) else {
        throw RunStoreError(
          "\(shown(name)) is not an entity path", at: files.place([folder, "entity"]), remedy: Remedy.rewrite)
      }
      entities.append(entity)
    }
    return entities
  }

  private func channels(_ folder: String, count: Int) throws(RunStoreError) -> [Channel] {
    let (names, attributes) = try self.names(
      [folder, "channel"], "channel", count: count, attributes: ChannelAttributes.self)
    guard [attributes.kind.count, attributes.unit.count, attributes.meaning.count].allSatisfy({ $0 == count }) else {
      throw RunStoreError(
        "'kind', 'unit' and 'meaning' do not list \(count) channels",
        at: files.place([folder, "channel", Self.document]), remedy: Remedy.rewrite)
    }
    return names.indices.map {
      Channel(name: names[$0], kind: attributes.kind[$0], unit: attributes.unit[$0], meaning: attributes.meaning[$0])
    }
  }

  private func names<Attributes: Codable>(
    _ path: [String], _ dimension: String, count: Int, attributes: Attributes.Type
  ) throws(RunStoreError) -> ([String], Attributes) {
    let (array, attributes) = try array(path, [dimension], attributes: attributes, isText: true)
    guard array.shape == [count] else {
      throw RunStoreError(
        "names \(array.shape[0]) positions, 'values' has \(count)", at: files.place(path + [Self.document]),
        remedy: Remedy.rewrite)
    }
    return (try array.names(from: files, limits: limits), attributes)
  }

  private func array<Attributes: Codable>(
    _ path: [String], _ dimensions: [String], attributes: Attributes.Type, isText: Bool
  ) throws(RunStoreError) -> (ZarrArray, Attributes) {
    let place = files.place(path + [Self.document])
    let bytes = try files.requiredContents(of: path + [Self.document], limit: limits.metadataBytes)
    let document = try StoreJSON.decode(ZarrArrayDocument<Attributes>.self, from: bytes, at: place)
    let array = try ZarrArray(
      document, path: path, dimensions: dimensions, isText: isText, limits: limits, place: place)
    return (array, document.attributes)
  }
}
