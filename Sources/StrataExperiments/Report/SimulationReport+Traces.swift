import StrataTelemetry

extension SimulationReport {
  /// The channel of each layer in which culprits and victims of most faults differ.
  private static let telling: [(layer: TelemetryLayer, channel: String)] = [
    (.physical, "DCGM_FI_DEV_POWER_USAGE"), (.physical, "DCGM_FI_DEV_GPU_TEMP"),
    (.data, "node_infiniband_port_data_transmitted_bytes_total"), (.data, "node_infiniband_port_transmit_wait_total"),
    (.compute, "XPU_TIMER_MM_KERNEL_SECONDS"), (.compute, "XPU_TIMER_COLL_KERNEL_WAIT_SECONDS"),
    (.application, "moe/tokens_per_expert_max"), (.application, "local-grad-norm"),
  ]

  /// Faults that are shown one by one; the others are in the table.
  private static let shownFaults = 6

  /// One culprit and one victim of each of the first faults, in all layers.
  static func traces(of faults: [FaultLabel], in store: RunStore) throws(RunStoreError) -> [Markup] {
    var figures: [Markup] = []
    for (number, fault) in faults.prefix(shownFaults).enumerated() {
      guard let panels = try panels(of: fault, in: store) else { continue }
      figures += [
        Markup("h3", text: "Fault \(number + 1): \(DetectionReport.words(fault.kind))"),
        Markup(
          "p", ["class": "muted"],
          [.text("Culprit "), .code(panels.culprit), .text(", victim "), .code(panels.victim)]),
        Markup("div", ["class": "panels"], panels.figures.map { Markup("figure", [:], [$0]) }),
      ]
    }
    guard !figures.isEmpty else { return [] }
    return [
      .section(
        "Culprit and victim",
        "The device that has the fault, drawn through, and one of another host that only waits for it, dashed. The one with "
          + "the longest work and the shortest wait is to blame.",
        [Legend([(.line(style: 0), "culprit"), (.line(style: 1), "victim"), (.band(.fault), "fault")]).html] + figures)
    ]
  }

  private static func panels(
    of fault: FaultLabel, in store: RunStore
  ) throws(RunStoreError) -> (culprit: EntityPath, victim: EntityPath, figures: [Markup])? {
    let metadata = store.metadata
    let ranks = metadata.topology.filter { $0.value["rank"] != nil }.keys.sorted()
    let job = metadata.topology[fault.entity]?["job"]
    guard let culprit = ranks.first(where: { $0 == fault.entity || $0.isDescendant(of: fault.entity) }),
      let victim = ranks.first(where: {
        $0.parent != culprit.parent && (job == nil || metadata.topology[$0]?["job"] == job)
      })
    else { return nil }
    let margin = max(fault.interval.count / 2, 12)
    let samples = (fault.interval.lowerBound - margin..<fault.interval.upperBound + margin).clamped(
      to: 0..<metadata.sampleCount)
    let run = try store.read(entities: [culprit, victim], samples: samples)
    let figures = telling.compactMap { layer, name -> Markup? in
      guard let series = run[layer], let channel = series.channels.firstIndex(where: { $0.name == name }) else {
        return nil
      }
      func line(_ entity: EntityPath, style: Int) -> LinePanel.Line? {
        guard let index = series.entities.firstIndex(of: entity) else { return nil }
        let values = series.series(entity: index, channel: channel)
        return LinePanel.Line(
          style: style,
          points: values.indices.map {
            LinePanel.Point(Double(samples.lowerBound + $0) * metadata.interval, Double(values[$0]))
          })
      }
      var panel = LinePanel(
        title: layer.rawValue, lines: [line(victim, style: 1), line(culprit, style: 0)].compactMap { $0 })
      guard panel.lines.contains(where: { $0.points.contains { $0.y.isFinite } }) else { return nil }
      panel.subtitle = name
      panel.unit = series.channels[channel].unit
      panel.bands = [
        LinePanel.Band(
          .fault,
          Double(fault.interval.lowerBound) * metadata.interval...Double(fault.interval.upperBound) * metadata.interval)
      ]
      return panel.svg(width: 300, height: 165)
    }
    return (culprit, victim, figures)
  }
}
