import StrataTensor

/// Makes a run of an entity that is published as an unlabelled and a labelled half.
struct LabelledHalves: Sendable {
  let folder: TrainTestFolder
  let table: ChannelTable
  /// The name of the data set: the first component of every entity.
  let dataSet: String
  let interval: Double
  /// Whether segments of the interpretation include their end; `nil` where there is no interpretation.
  let endIsInclusive: Bool?

  /// The training half followed by the test half on one clock that begins at zero, because no time is published.
  ///
  /// - Parameter kind: The fault type of a label, from the text of the segment that describes it, if one does.
  func run(
    named name: String, kind: (_ segment: String?) -> String = { _ in "anomaly" }
  ) throws(TelemetryFileError) -> Run {
    let (values, trainingEnd) = try folder.halves(of: name, table)
    let entity = EntityPath([dataSet, name])
    let rows = try SegmentLabels.rows(
      in: folder.labelFile(name), count: values.shape[0] - trainingEnd)
    var segments: [SegmentLabels.Segment] = []
    if let endIsInclusive {
      segments = try SegmentLabels.segments(
        in: folder.file("interpretation_label", name), dimensionCount: table.entries.count,
        endIsInclusive: endIsInclusive)
    }
    let found = SegmentLabels(rows: rows, segments: segments)
    let labels = found.labels.map { label in
      let blamed = label.dimensions.map { table.entries[$0] }
      let layers = Set(blamed.map(\.layer))
      return FaultLabel(
        kind: kind(label.segment), entity: entity, layer: layers.count == 1 ? layers.first : nil,
        channels: blamed.map(\.channel.name),
        interval: label.rows.lowerBound + trainingEnd..<label.rows.upperBound + trainingEnd)
    }
    var provenance = ["importer": dataSet, "source": name, "clock": "begins at 0: no times are published"]
    if !found.unmatched.isEmpty {
      let texts = found.unmatched.map(\.text).joined(separator: ", ")
      provenance["segments without labelled rows"] = texts
    }
    return Run(
      name: name, start: 0, interval: interval, sampleCount: values.shape[0], layers: layers(of: values, entity),
      labels: labels, split: RunSplit(trainingEnd: trainingEnd), provenance: provenance)
  }

  /// The metrics `[row, metric]` divided by layer.
  private func layers(of values: NDArray, _ entity: EntityPath) -> [LayerSeries] {
    TelemetryLayer.allCases.compactMap { layer in
      let columns = table.entries.indices.filter { table.entries[$0].layer == layer }
      guard !columns.isEmpty else { return nil }
      let width = table.entries.count
      let chosen = values.withElements { source in
        NDArray([values.shape[0], 1, columns.count]) { elements in
          for row in 0..<values.shape[0] {
            for (place, column) in columns.enumerated() {
              let value = source[row * width + column]
              elements[row * columns.count + place] = value.isFinite ? value : .nan
            }
          }
        }
      }
      return LayerSeries(
        layer: layer, entities: [entity], channels: columns.map { table.entries[$0].channel }, values: chosen)
    }
  }
}
