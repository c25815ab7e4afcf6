/// Where the counters of LDMS's plugins belong: layer, kind, unit and meaning by the name `<plugin>.<metric>`.
///
/// The plugins `meminfo`, `vmstat` and `procstat` repeat `/proc/meminfo`, `/proc/vmstat` and `/proc/stat`. What moves data
/// to and from storage is of the layer `data`; memory and processors are of the layer `compute`. The first rule whose
/// pattern begins the name decides; longer patterns therefore stand before shorter ones.
enum LDMSChannels {
  private struct Rule {
    let prefix: String
    let layer: TelemetryLayer
    let kind: Channel.Kind
    let unit: String
    let meaning: Channel.Meaning

    init(
      _ prefix: String, _ layer: TelemetryLayer, _ kind: Channel.Kind, _ unit: String, _ meaning: Channel.Meaning
    ) { (self.prefix, self.layer, self.kind, self.unit, self.meaning) = (prefix, layer, kind, unit, meaning) }
  }

  private static let rules: [Rule] = [
    Rule("meminfo.Dirty", .data, .gauge, "KiBy", .traffic),
    Rule("meminfo.Writeback", .data, .gauge, "KiBy", .traffic),
    Rule("meminfo.HugePages_", .compute, .gauge, "{page}", .memory),
    Rule("meminfo.", .compute, .gauge, "KiBy", .memory),
    // /proc/vmstat: `nr_` are levels, with four exceptions; everything else counts events since boot.
    Rule("vmstat.nr_dirtied", .data, .counter, "{page}", .traffic),
    Rule("vmstat.nr_written", .data, .counter, "{page}", .traffic),
    Rule("vmstat.nr_foll_pin_", .compute, .counter, "{page}", .memory),
    Rule("vmstat.nr_vmscan_", .data, .counter, "{page}", .traffic),
    Rule("vmstat.nr_dirty", .data, .gauge, "{page}", .traffic),
    Rule("vmstat.nr_writeback", .data, .gauge, "{page}", .traffic),
    Rule("vmstat.nr_zone_write_pending", .data, .gauge, "{page}", .traffic),
    Rule("vmstat.nr_", .compute, .gauge, "{page}", .memory),
    Rule("vmstat.pgpgin", .data, .counter, "KiBy", .traffic),
    Rule("vmstat.pgpgout", .data, .counter, "KiBy", .traffic),
    Rule("vmstat.pswp", .data, .counter, "{page}", .traffic),
    Rule("vmstat.pgmajfault", .data, .counter, "1", .wait),
    Rule("vmstat.", .compute, .counter, "1", .memory),
    Rule("procstat.procs_running", .compute, .gauge, "1", .work),
    Rule("procstat.procs_blocked", .data, .gauge, "1", .wait),
    Rule("procstat.per_core_iowait", .data, .counter, "cs", .wait),
    Rule("procstat.iowait", .data, .counter, "cs", .wait),
    Rule("procstat.per_core_idle", .compute, .counter, "cs", .wait),
    Rule("procstat.idle", .compute, .counter, "cs", .wait),
    Rule("procstat.per_core_steal", .compute, .counter, "cs", .wait),
    Rule("procstat.steal", .compute, .counter, "cs", .wait),
    Rule("procstat.context_switches", .compute, .counter, "1", .work),
    Rule("procstat.processes", .compute, .counter, "1", .work),
    Rule("procstat.hwintr_count", .compute, .counter, "1", .work),
    Rule("procstat.softirq_count", .compute, .counter, "1", .work),
    Rule("procstat.", .compute, .counter, "cs", .work),
  ]

  /// The column of this name, or `nil` when no rule knows its plugin.
  static func column(_ name: String) -> CSVMapping.Column? {
    rules.first { name.hasPrefix($0.prefix) }.map { rule in
      CSVMapping.Column(
        column: name, layer: rule.layer,
        channel: Channel(name: name, kind: rule.kind, unit: rule.unit, meaning: rule.meaning))
    }
  }
}
