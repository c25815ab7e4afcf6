import StrataEvaluation
public import StrataTelemetry

/// What a simulated run looks like: every layer of every host over time, one culprit and one victim, steps and experts.
///
/// The page depends on nothing but the store: equal stores give equal bytes.
public struct SimulationReport: Sendable {
  private let summaries: [LayerSummary]
  private let metadata: RunMetadata
  private let faults: [FaultLabel]
  private let sections: [Markup]
  private let command: String

  /// Columns of a heat map.
  private static let columns = 160

  /// Reads a run store in blocks, as long as a column of the pictures.
  ///
  /// - Parameters:
  ///   - store: The run.
  ///   - command: What to type to get the same run.
  /// - Throws: `RunStoreError` when the store is damaged.
  public init(_ store: RunStore, command: String) throws(RunStoreError) {
    metadata = store.metadata
    self.command = command
    let length = max(1, (metadata.sampleCount + Self.columns - 1) / Self.columns)
    let hosts = metadata.topology.filter { $0.value["role"] == "host" }.keys.sorted()
    var summaries = metadata.layers.map { LayerSummary($0, hosts: hosts) }
    for first in stride(from: 0, to: metadata.sampleCount, by: length) {
      let block = try store.read(samples: first..<min(first + length, metadata.sampleCount))
      for i in summaries.indices { summaries[i].append(block[summaries[i].layer]) }
    }
    self.summaries = summaries
    // One label per fault: those of one kind that begin together are culprits of one fault.
    var seen: Set<String> = []
    faults = metadata.labels.filter { !$0.isBenign && seen.insert("\($0.kind) \($0.interval)").inserted }
    sections = try Self.traces(of: faults, in: store)
  }

  public var page: ReportPage {
    ReportPage(
      title: "A simulated run: \(metadata.name)", summary: summary,
      sections: [steps, heatMaps] + sections + [experts, faultTable, origin])
  }

  private var summary: String {
    let span = NumberText.duration(seconds: Double(metadata.sampleCount) * metadata.interval)
    let devices = metadata.topology.values.count { $0["rail"] != nil }
    return "\(span) of telemetry of \(devices) devices, a sample every \(NumberText.short(metadata.interval)) s, with "
      + (faults.count == 1 ? "a fault whose cause is known." : "\(faults.count) faults whose causes are known.")
  }

  private func seconds(_ samples: Range<Int>) -> ClosedRange<Double> {
    Double(samples.lowerBound) * metadata.interval...Double(samples.upperBound) * metadata.interval
  }

  private var time: ClosedRange<Double> { seconds(0..<metadata.sampleCount) }

  private var bands: [LinePanel.Band] {
    faults.enumerated().map { LinePanel.Band(.fault, seconds($1.interval), mark: "\($0 + 1)") }
  }

  private var benign: [LinePanel.Band] {
    metadata.labels.filter(\.isBenign).map { LinePanel.Band(.benign, seconds($0.interval)) }
  }

  private var steps: Markup {
    var panels: [Markup] = []
    for name in ["iteration-time", "vllm:time_per_output_token_seconds", "lm loss"] {
      guard let layer = summaries.first(where: { $0.layer == .application }), let channel = layer.channel(name) else {
        continue
      }
      let jobs = layer.entities.indices.filter { layer.isObserved(channel: channel, entity: $0) }
      var panel = LinePanel(
        title: name,
        lines: jobs.prefix(FigureStyle.seriesCount).enumerated().map { style, entity in
          LinePanel.Line(style: style, points: layer.points(channel: channel, entity: entity, over: time))
        })
      panel.unit = layer.channels[channel].unit
      panel.bands = bands + benign
      panels.append(
        Markup.figure(wide: panel.svg(width: 1180, height: 170), narrow: panel.svg(width: 420, height: 170)))
    }
    return .section(
      "Steps",
      "How long steps took and what the loss was. Faults are numbered; strips along the top are benign phases.",
      [Legend([(.band(.fault), "fault"), (.band(.benign), "benign phase")]).html] + panels)
  }

  private var heatMaps: Markup {
    let thresholds = [1.5, 2.5, 4, 7, 12, 25]
    let maps = summaries.compactMap { summary -> Markup? in
      let cells = summary.strangeness(
        training: metadata.split.map { Double($0.trainingEnd) / Double(metadata.sampleCount) })
      guard !cells.rows.isEmpty else { return nil }
      func map(_ width: Double) -> Markup {
        var map = HeatMap(
          title: summary.layer.rawValue, subtitle: "how unlike its clean time each host is, in standard deviations",
          rows: cells.rows, cells: cells.values, time: time, thresholds: thresholds)
        map.bands = bands
        return map.svg(width: width)
      }
      return .figure(wide: map(1180), narrow: map(420))
    }
    let labels = ["< 1.5", "1.5", "2.5", "4", "7", "12", "≥ 25"]
    return .section(
      "Layers and hosts",
      "For every host the mean of its three strangest channels, layer by layer. A fault begins on its host and in its layer; "
        + "what the other hosts and layers show is its effect.",
      [Legend(labels.enumerated().map { (.shade($0), $1) }).html] + maps)
  }

  private var experts: Markup {
    guard let layer = summaries.first(where: { $0.layer == .application }), let channel = layer.channel("moe/tokens"),
      let shown = shownLayer(of: layer, channel: channel)
    else { return Markup("section", [:], []) }
    let members = layer.entities.indices.filter { layer.entities[$0].parent == shown }
    let even = members.map { layer.mean(channel: channel, entity: $0) }.reduce(0, +) / Double(max(1, members.count))
    func map(_ width: Double) -> Markup {
      var map = HeatMap(
        title: shown.description, subtitle: "tokens of each expert, relative to an even load",
        rows: members.map { layer.entities[$0].last },
        cells: members.map { entity in layer.points(channel: channel, entity: entity, over: time).map { $0.y / even } },
        time: time, thresholds: [0.5, 0.8, 1.1, 1.4, 2, 3])
      map.bands = bands
      return map.svg(width: width)
    }
    let labels = ["< 0.5", "0.5", "0.8", "1.1", "1.4", "2", "≥ 3"]
    return .section(
      "Experts", "The load of the experts of the layer in which it became most uneven.",
      [Legend(labels.enumerated().map { (.shade($0), $1) }).html, .figure(wide: map(1180), narrow: map(420))])
  }

  /// The router layer with the largest load of one expert in one column.
  private func shownLayer(of layer: LayerSummary, channel: Int) -> EntityPath? {
    var best: (path: EntityPath, load: Double)?
    for entity in layer.entities.indices where layer.isObserved(channel: channel, entity: entity) {
      let largest = layer.points(channel: channel, entity: entity, over: time).map(\.y).filter(\.isFinite).max() ?? 0
      let usual = layer.mean(channel: channel, entity: entity)
      if let parent = layer.entities[entity].parent, largest / max(usual, 1) > best?.load ?? 0 {
        best = (parent, largest / max(usual, 1))
      }
    }
    return best?.path
  }

  private var faultTable: Markup {
    .section(
      "Faults", "What was injected, where and when.",
      [
        .table(
          columns: [
            ("number", true), ("fault", false), ("layer", false), ("in", false), ("from", false), ("for", false),
          ],
          rows: faults.enumerated().map { number, fault in
            let range = seconds(fault.interval)
            return [
              .text("\(number + 1)"), .text(DetectionReport.words(fault.kind)), .text(fault.layer?.rawValue ?? ""),
              .code(fault.entity), .text(NumberText.elapsed(seconds: range.lowerBound)),
              .text(NumberText.duration(seconds: range.upperBound - range.lowerBound)),
            ]
          }, isStacked: true)
      ])
  }

  private var origin: Markup {
    .section("Origin", "The same command gives the same run, bit for bit.", [Markup("p", [:], [.code(command)])])
  }
}
